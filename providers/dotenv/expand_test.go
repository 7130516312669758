package dotenv_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

func TestExpand(t *testing.T) {
	t.Setenv("HOME", "/the/process")
	tests := []struct {
		input, b string // b is the value of B
		refused  string
	}{
		{input: "A=1\nB=${A}", b: "1"},
		{input: "A=1\nB=x${A}y${A}", b: "x1y1"},
		{input: "A=1\nB=\"x${A}\"", b: "x1"},
		{input: "A=1\nB='${A}'", b: "${A}"},
		{input: "A=1\nB=\"\\${A}\"", b: "${A}"},
		{input: "A=1\nB=\"\\\\${A}\"", b: `\1`},
		{input: "A=1\nB=$A", b: "$A"},
		{input: "A=1\nB=pa$WORD1x$", b: "pa$WORD1x$"},
		{input: "A=1\nB=$(A)$$", b: "$(A)$$"},
		{input: "A='${X}'\nB=${A}", b: "${X}"},
		{input: "A=\nB=x${A}", b: "x"},
		{input: "a.b=1\nB=${a.b}", b: "1"},
		{input: "A='# x'\nB=${A} # c", b: "# x"},
		{input: "A=' x '\nB=${A}", b: " x "},
		{input: "B=${HOME}", refused: "line 1"},
		{input: "B=${B}", refused: "line 1"},
		{input: "B=${A}\nA=1", refused: "line 1"},
		{input: "A=1\nB=${A", refused: "line 2"},
		{input: "A=1\nB=${}", refused: "line 2"},
		{input: "A=1\nB=${A:-d}", refused: "line 2"},
		{input: "A=1\nB=\"x\n${A }\"", refused: "line 3"},
		{input: "A=1\nB=\"${A\"", refused: "line 2"},
	}
	for _, tt := range tests {
		t.Run(tt.input, func(t *testing.T) {
			got, err := dotenv.ParseAs([]byte(tt.input), dotenv.Options{Expand: true})
			if tt.refused != "" {
				outcome{refused: tt.refused}.check(t, got, err)
			} else if err != nil || got["B"] != tt.b {
				t.Errorf("B = %q, %v, want %q", got["B"], err, tt.b)
			}
		})
	}
}

// Without a bound, forty short lines would make a value of a terabyte.
func TestExpansionIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("K=xxxxxxxx\n")
	key := "K"
	for range 40 {
		b.WriteString(key + "K=${" + key + "}${" + key + "}\n")
		key += "K"
	}
	for _, o := range []dotenv.Options{{Expand: true}, {Dialect: dotenv.Godotenv}} {
		values, err := dotenv.ParseAs([]byte(b.String()), o)
		if values != nil || !errors.Is(dotenv.Class(err), secretmux.ErrTooLarge) {
			t.Errorf("%+v: %d values, %v", o, len(values), err)
		}
	}
}

// A key that is assigned again and again doubles too.
func TestExpansionOfItself(t *testing.T) {
	input := "A=xxxxxxxx\n" + strings.Repeat("A=$A$A\n", 40)
	values, err := dotenv.ParseAs([]byte(input), dotenv.Options{Dialect: dotenv.Godotenv})
	if values != nil || !errors.Is(dotenv.Class(err), secretmux.ErrTooLarge) {
		t.Errorf("%d values, %v", len(values), err)
	}
}

func TestManyReferencesAreFine(t *testing.T) {
	input := "HOST=db.example.com\nPORT=5432\n"
	for i := range 500 {
		input += "U" + strings.Repeat("X", i) + "=${HOST}:${PORT}/${HOST}\n"
	}
	for _, o := range []dotenv.Options{{Expand: true}, {Dialect: dotenv.Godotenv}} {
		values, err := dotenv.ParseAs([]byte(input), o)
		if err != nil || values["UXX"] != "db.example.com:5432/db.example.com" {
			t.Errorf("%+v: %q, %v", o, values["UXX"], err)
		}
	}
}
