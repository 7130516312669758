package dotenv_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

const canary = "qzjx7731wvkh"

// wantNoCanary fails the test if an error below err has any four characters of the
// canary.
func wantNoCanary(t *testing.T, err error) {
	t.Helper()
	for i := range len(canary) - 3 {
		if strings.Contains(err.Error(), canary[i:i+4]) {
			t.Errorf("the error quotes the file: %v", err)
			break
		}
	}
	switch e := err.(type) { //nolint:errorlint // this walks the tree itself
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			wantNoCanary(t, below)
		}
	case interface{ Unwrap() error }:
		if below := e.Unwrap(); below != nil {
			wantNoCanary(t, below)
		}
	}
}

func TestErrorsQuoteNothing(t *testing.T) {
	inputs := []string{
		canary, canary + "\nA=1", "A=1\n" + canary + "\n", "A=\"" + canary, "A='" + canary, "A=\"" + canary + "\"" + canary,
		"A=\"\\" + canary + "\"", canary + "-x=1", "x" + canary + "/=1", "A-=" + canary, "A=" + canary + "\nA=" + canary,
		canary + "=1\n" + canary + "=2", "A=${" + canary + "}", "A=${" + canary, "A=\"${" + canary + "\"", "=" + canary + "\n-",
		"A=" + canary + "\x00", "\xff\xfe" + canary, "export " + canary + "\n", "é=" + canary, "A='x'" + canary,
	}
	all := []dotenv.Options{{}, {Expand: true}, {Dialect: dotenv.Godotenv}}
	refused := 0
	for _, input := range inputs {
		for _, o := range all {
			p := open(t, write(t, input), o)
			_, err := p.Get(t.Context(), "other")
			if errors.Is(err, secretmux.ErrInvalid) {
				refused++
				if !strings.Contains(err.Error(), ".env") || !strings.Contains(err.Error(), ": line ") {
					t.Errorf("%q: the error names no file and line: %v", input, err)
				}
			}
			wantNoCanary(t, err)
			if err := p.Check(t.Context()); err != nil {
				wantNoCanary(t, err)
			}
		}
	}
	if refused < 40 {
		t.Errorf("only %d inputs were refused", refused)
	}
}

func TestSourceIsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no,such|.env")
	_, err := open(t, path, dotenv.Options{}).Get(t.Context(), "a")
	var e *secretmux.Error
	if !errors.As(err, &e) || !strings.HasSuffix(e.Source, "/no%2Csuch%7C.env") {
		t.Errorf("got %v", err)
	}
}
