package settings_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// canary is a secret of the tests. No text of this library, or of the libraries that
// it uses, shares four characters in a row with it.
const canary = "Zq7xKw9vJj4yQz8gXf2h"

// noLeak fails the test when a piece of canary is in err at any depth.
func noLeak(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	texts := []string{fmt.Sprintf("%v|%+v|%#v|%q", err, err, err, err)}
	var problems *settings.Error
	if errors.As(err, &problems) {
		for _, p := range problems.Problems {
			texts = append(texts, fmt.Sprintf("%v|%+v|%#v", p, p, p))
		}
	}
	for _, text := range texts {
		for i := 0; i+4 <= len(canary); i++ {
			if strings.Contains(text, canary[i:i+4]) {
				t.Errorf("%T leaks %q: %s", err, canary[i:i+4], text)
				break
			}
		}
	}
	switch e := err.(type) { //nolint:errorlint // walks the tree itself
	case interface{ Unwrap() error }:
		noLeak(t, e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			noLeak(t, below)
		}
	}
}

// rig is a store with secrets in memory that can be made to fail.
type rig struct {
	store  *secretmux.Store
	memory *memory.Provider
	faults *faults.Injector
}

func newRig(t testing.TB, secrets map[string]string) *rig {
	t.Helper()
	r := &rig{memory: memory.New(secrets), faults: faults.New(faults.Options{})}
	store, err := secretmux.New(r.faults.Wrap(r.memory), secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	r.store = store
	return r
}

func newStore(t testing.TB, secrets map[string]string) *secretmux.Store {
	t.Helper()
	return newRig(t, secrets).store
}

// load fills a T from secrets.
func load[T any](t testing.TB, secrets map[string]string, opts settings.Options) (T, error) {
	t.Helper()
	return settings.Load[T](t.Context(), newStore(t, secrets), opts)
}

// mustLoad fills a T and fails the test on an error.
func mustLoad[T any](t testing.TB, secrets map[string]string) T {
	t.Helper()
	got, err := load[T](t, secrets, settings.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// problemsOf returns the problems of a failed load. It checks that they leak nothing
// and that the struct is zero.
func problemsOf[T comparable](t *testing.T, got T, err error) []settings.Problem {
	t.Helper()
	var zero T
	if got != zero {
		t.Errorf("a failed Load returned %+v, want a zero struct", got)
	}
	return problemsIn(t, err)
}

func problemsIn(t *testing.T, err error) []settings.Problem {
	t.Helper()
	noLeak(t, err)
	var e *settings.Error
	if !errors.As(err, &e) {
		t.Fatalf("err = %v, want a *Error", err)
	}
	for _, p := range e.Problems {
		if p.Err == nil || p.Class != nil && !errors.Is(p.Err, p.Class) {
			t.Errorf("errors.Is does not find the class of %v", p)
		}
	}
	return e.Problems
}

// set stores value in the secret "value", which load reads.
func set(value string) map[string]string { return map[string]string{"value": value} }

func sprint(v any) string { return fmt.Sprintf("%v %+v %#v", v, v, v) }
