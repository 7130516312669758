package conformance

import (
	"errors"
	"fmt"
	"testing"

	"github.com/secretmux/secretmux/testing/internal/leak"
)

func TestLeaks(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                 false,
		`secretmux: get "alpha": invalid`:  false,
		canary:                             true,
		"near " + canary[5:11] + "...":     true,
		"near " + canary[5:10] + "...":     false, // too short to tell from chance
		fmt.Sprintf("%q", nameCanary[18:]): true,
		fmt.Sprintf("%x", canary[4:14]):    true,
	} {
		if leaks(text) != want {
			t.Errorf("leaks(%q) = %v", text, !want)
		}
	}
}

func TestWalkVisitsBothFormsOfUnwrap(t *testing.T) {
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	seen := map[error]bool{}
	tree := fmt.Errorf("x: %w", errors.Join(a, fmt.Errorf("y: %w and %w", b, quiet{c})))
	leak.Walk(tree, func(err error) {
		for _, leaf := range []error{a, b, c} {
			if err == leaf { //nolint:errorlint // the visit itself is what is asked for
				seen[leaf] = true
			}
		}
	})
	if len(seen) != 3 {
		t.Errorf("visited %d of 3 leaves", len(seen))
	}
}

func TestNoLeak(t *testing.T) {
	const own = "wV5kQ0zR"
	for name, tt := range map[string]struct {
		err   error
		fails bool
	}{
		"nil":           {nil, false},
		"clean":         {errors.New("no such name"), false},
		"in the text":   {errors.New("bad value " + own), true},
		"below":         {fmt.Errorf("refused: %w", quiet{errors.New(own)}), true},
		"as hex":        {fmt.Errorf("%x", own), true},
		"in the joined": {errors.Join(errors.New("one"), errors.New(own)), true},
	} {
		r := new(counter)
		noLeak(r, tt.err, own)
		if failed := *r > 0; failed != tt.fails {
			t.Errorf("%s: failed is %v", name, failed)
		}
	}
	r := new(counter)
	if noLeak(r, nil, "short"); *r == 0 {
		t.Error("a canary of five characters is accepted")
	}
}

// counter counts the failures of a check.
type counter int

func (*counter) Helper()                 {}
func (c *counter) Errorf(string, ...any) { *c++ }
func (c *counter) Fatalf(string, ...any) { *c++ }
