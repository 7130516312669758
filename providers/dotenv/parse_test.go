package dotenv_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

func TestParse(t *testing.T) {
	got, err := dotenv.Parse([]byte("# a comment\nA=1\nB='x\ny' # another\nC=\nD=\"${A}\"\n"))
	if want := map[string]string{"A": "1", "B": "x\ny", "C": "", "D": "${A}"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for text, class := range map[string]error{
		"A=1\n" + canary: secretmux.ErrInvalid, "A=1\nA=" + canary: secretmux.ErrInvalid, "A='" + canary: secretmux.ErrInvalid,
		"A=" + strings.Repeat(canary, 1<<17): secretmux.ErrTooLarge,
	} {
		_, err := dotenv.Parse([]byte(text))
		if !errors.Is(err, class) {
			t.Errorf("%.20q: %v, want %v", text, err, class)
		}
		wantNoCanary(t, err)
	}
}
