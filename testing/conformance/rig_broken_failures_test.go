package conformance

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

// quotes makes the double put the value into its errors, in a form of text.
func quotes(text func(value []byte) error) func(*testing.T, *Harness, *double) {
	return onError(func(_ string, err error) (secretmux.Secret, error) {
		return secretmux.Secret{}, &secretmux.Error{Op: "get", Class: secretmux.ClassOf(err), Err: text(value("a"))}
	})
}

// relabels makes the double give one class for another.
func relabels(from, to error) func(*testing.T, *Harness, *double) {
	return onError(func(_ string, err error) (secretmux.Secret, error) {
		if errors.Is(err, from) {
			err = &secretmux.Error{Op: "get", Class: to}
		}
		return secretmux.Secret{}, err
	})
}

func brokenFailures() []breakage {
	return []breakage{
		{"disabled", "says absent", `the class is "not found"`, relabels(secretmux.ErrDisabled, secretmux.ErrNotFound)},
		{"disabled", "reads it anyway", "Get of a disabled secret: no error", func(_ *testing.T, h *Harness, _ *double) {
			h.Disable = func(*testing.T, string) {}
		}},
		{"failures", "says absent", `the class is "not found"`, relabels(secretmux.ErrDenied, secretmux.ErrNotFound)},
		{"failures", "says unavailable", `the class is "unavailable"`, relabels(secretmux.ErrThrottled, secretmux.ErrUnavailable)},
		{"failures", "quotes the value", "holds a part", quotes(func(v []byte) error { return fmt.Errorf("bad answer %q", v) })},
		{"failures", "quotes six characters", "holds a part", quotes(func(v []byte) error { return fmt.Errorf("bad answer near %s", v[9:15]) })},
		{"failures", "quotes it deep below", "holds a part", quotes(func(v []byte) error {
			return fmt.Errorf("a: %w", errors.Join(errors.New("b"), quiet{fmt.Errorf("c %s", v)}))
		})},
		{"failures", "quotes it in base64", "holds a part", quotes(func(v []byte) error {
			return errors.New(base64.StdEncoding.EncodeToString(v))
		})},
		{"failures", "quotes it in hex", "holds a part", quotes(func(v []byte) error { return fmt.Errorf("%x", v) })},
		{"failures", "quotes it in an attempt", "holds a part", quotes(func(v []byte) error {
			return &secretmux.FallbackError{Attempts: []secretmux.Attempt{{Err: errors.New(string(v))}}}
		})},
		{"down", "says absent", `Get of a backend that is down: the class is "not found"`, relabels(secretmux.ErrUnavailable, secretmux.ErrNotFound)},
		{"down", "answers from a cache", "no error", func(t *testing.T, h *Harness, d *double) {
			set := h.Set
			h.Set = func(t *testing.T, name string, v []byte) {
				set(t, name, v)
				_, _ = d.Get(t.Context(), name)
			}
			caches(t, h, d)
		}},
		{"down", "Check sees nothing", "Check of a backend that is down: no error", func(_ *testing.T, _ *Harness, d *double) {
			d.check = func(context.Context) error { return nil }
		}},
		{"down", "an empty list", "List of a backend that is down: no error", func(_ *testing.T, _ *Harness, d *double) {
			d.list = func(context.Context, string) seq { return func(func(secretmux.Info, error) bool) {} }
		}},
	}
}

// quiet hides the text of the error below it, but not the error.
type quiet struct{ error }

func (quiet) Error() string { return "quiet" }

func (q quiet) Unwrap() error { return q.error }

func brokenLife() []breakage {
	return []breakage{
		{"calls", "caches", "did not reach the backend", caches},
		{"calls", "calls when it is made", "making the provider", func(t *testing.T, _ *Harness, d *double) {
			_, _ = d.Provider.Get(t.Context(), "absent")
		}},
		{"check", "fails for no reason", "Check of a backend that works", func(_ *testing.T, _ *Harness, d *double) {
			d.check = func(context.Context) error { return &secretmux.Error{Class: secretmux.ErrUnavailable} }
		}},
		{"close", "leaks a goroutine", "more goroutines after", func(_ *testing.T, _ *Harness, d *double) {
			d.close = func() error {
				go func() { <-time.After(4 * time.Second) }() // for longer than the case waits
				return nil
			}
		}},
		{"close", "not twice", "a second Close", func(_ *testing.T, _ *Harness, d *double) {
			closed := false
			d.close = func() error {
				if closed {
					return &secretmux.Error{Class: secretmux.ErrClosed}
				}
				closed = true
				return nil
			}
		}},
	}
}
