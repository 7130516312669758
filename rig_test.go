package secretmux_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

// What the tests share with those below testing, under shorter names.
type (
	backend  = rigs.Backend
	delayed  = rigs.Delayed
	manyFunc = rigs.ManyFunc

	rig      = rigs.Rig
	told     = rigs.Told
	eventLog = rigs.EventLog
	counted  = rigs.Counted
)

var (
	has, failing, hanging = rigs.Has, rigs.Failing, rigs.Hanging
	plain, fails          = rigs.Plain, rigs.Fails
	chainOf, replicasOf   = rigs.ChainOf, rigs.ReplicasOf
	getMany, only, listed = rigs.GetMany, rigs.Only, rigs.Listed
	answers, inFront      = rigs.Answers, rigs.InFront
	wantSecret, wantClass = rigs.WantSecret, rigs.WantClass
	newRig, wantLive      = rigs.New, rigs.WantLive
)

func must[T any](v T, err error) T { return rigs.Must(v, err) }

const document = rigs.Document

// failedOf is what a call with many references says of each that failed.
func failedOf(t *testing.T, err error) map[string]error {
	t.Helper()
	var many *secretmux.ManyError
	if !errors.As(err, &many) {
		t.Fatalf("%v is not a ManyError", err)
	}
	return many.Failed
}

// canary stands for a secret in a place where none belongs. No text of this
// library or of the standard library shares four characters in a row with it.
const canary = "Zq7xKw9vJj4yQz8gXf2h"

// leakIn returns the piece of canary, four characters or more, that text holds.
func leakIn(text string) string {
	for i := 0; i+4 <= len(canary); i++ {
		if strings.Contains(text, canary[i:i+4]) {
			return canary[i : i+4]
		}
	}
	return ""
}

// everyError calls visit with err and every error below it, through both forms
// of Unwrap, and with the attempts that errors.As reaches.
func everyError(err error, visit func(error)) {
	if err == nil {
		return
	}
	visit(err)
	switch e := err.(type) { //nolint:errorlint // walks the tree itself
	case *secretmux.FallbackError:
		for _, a := range e.Attempts {
			everyError(a.Err, visit)
		}
	case interface{ Unwrap() error }:
		everyError(e.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			everyError(below, visit)
		}
	}
}

// noLeak fails the test when a piece of canary is in err at any depth.
func noLeak(t *testing.T, err error) {
	t.Helper()
	everyError(err, func(e error) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
			if piece := leakIn(fmt.Sprintf(verb, e)); piece != "" {
				t.Errorf("%T leaks %q with %s: %v", e, piece, verb, e)
			}
		}
	})
}

// wantInvalid fails the test unless err is ErrInvalid, has a hint, and quotes
// nothing.
func wantInvalid(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, secretmux.ErrInvalid) {
		t.Fatalf("err = %v, want ErrInvalid", err)
	}
	noLeak(t, err)
}

func TestCanaryIsFound(t *testing.T) {
	cause := fmt.Errorf("a: %w", errors.Join(errors.New("b"), fmt.Errorf("c: %w", errors.New("--"+canary[5:9]+"--"))))
	found := 0
	everyError(&secretmux.Error{Err: cause}, func(e error) {
		if leakIn(e.Error()) != "" {
			found++
		}
	})
	if found != 5 {
		t.Errorf("the canary was found in %d errors of the tree, want 5", found)
	}
}
