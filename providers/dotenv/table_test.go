package dotenv_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/joho/godotenv"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

// row is one input of testdata/dialects.json, with the result of each dialect.
type row struct {
	Input     string  `json:"input"`
	Secretmux outcome `json:"secretmux"`
	Godotenv  outcome `json:"godotenv"`
	Note      string  `json:"note"`
}

// outcome is the keys and values, or the text "refused, line N".
type outcome struct {
	values  map[string]string
	refused string
}

func (o *outcome) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &o.refused)
	}
	return json.Unmarshal(data, &o.values)
}

func readTable(t testing.TB) []row {
	t.Helper()
	data, err := os.ReadFile("testdata/dialects.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 60 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	return rows
}

func TestTable(t *testing.T) {
	for _, r := range readTable(t) {
		for dialect, want := range map[dotenv.Dialect]outcome{dotenv.Secretmux: r.Secretmux, dotenv.Godotenv: r.Godotenv} {
			t.Run(fmt.Sprintf("%s/%q", dialect, r.Input), func(t *testing.T) {
				got, err := dotenv.ParseAs([]byte(r.Input), dotenv.Options{Dialect: dialect})
				want.check(t, got, err)
			})
		}
	}
}

func (o outcome) check(t *testing.T, got map[string]string, err error) {
	t.Helper()
	switch {
	case o.refused == "" && err != nil:
		t.Errorf("got %v, want %q", err, o.values)
	case o.refused == "" && !maps.Equal(got, o.values):
		t.Errorf("got %q, want %q", got, o.values)
	case o.refused != "" && err == nil:
		t.Errorf("got %q, want it %s", got, o.refused)
	case o.refused != "":
		line := strings.TrimPrefix(o.refused, "refused, ")
		if !strings.HasPrefix(err.Error(), line+": ") || !errors.Is(dotenv.Class(err), secretmux.ErrInvalid) {
			t.Errorf("got %v of class %v, want ErrInvalid for %s", err, dotenv.Class(err), line)
		}
		if got != nil {
			t.Errorf("an error came with values")
		}
	}
}

// The column godotenv has godotenv's own results, except for the guards.
func TestTableAgainstGodotenv(t *testing.T) {
	for _, r := range readTable(t) {
		if strings.ContainsAny(r.Input, "\x00\ufeff") {
			continue
		}
		values, err := godotenv.Unmarshal(r.Input)
		delete(values, "")
		if (err != nil) != (r.Godotenv.refused != "") || err == nil && !maps.Equal(values, r.Godotenv.values) {
			t.Errorf("%q: godotenv makes %q of it, error %v, and the table says %+v", r.Input, values, err != nil, r.Godotenv)
		}
	}
}

func TestUTF16(t *testing.T) {
	for _, input := range []string{"\xff\xfeA\x00=\x001\x00", "\xfe\xff\x00A\x00=\x001", "A\x00=\x001\x00", "\xff\xfe"} {
		for _, dialect := range []dotenv.Dialect{dotenv.Secretmux, dotenv.Godotenv} {
			got, err := dotenv.ParseAs([]byte(input), dotenv.Options{Dialect: dialect})
			outcome{refused: "refused, line 1"}.check(t, got, err)
		}
	}
}

// Values in an older encoding come back byte by byte.
func TestLatin1(t *testing.T) {
	got, err := dotenv.ParseAs([]byte("A=p\xe4ss\nB='\xff'\nC=\"\xfe\""), dotenv.Options{})
	outcome{values: map[string]string{"A": "p\xe4ss", "B": "\xff", "C": "\xfe"}}.check(t, got, err)
}
