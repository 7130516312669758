package outages_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
	"github.com/secretmux/secretmux/testing/conformance"
)

// canary is what no error may show.
const canary = "Zq7xKw9vJj4yQz8gXf2h"

// A nil pointer in an error is not nil: its methods may panic. It is a failure
// without a class, which stops a chain.
func TestATypedNilErrorIsAFailure(t *testing.T) {
	for name, err := range map[string]error{
		"ours": (*secretmux.Error)(nil), "another's": (*fs.PathError)(nil), "wrapped": fmt.Errorf("x: %w", (*fs.PathError)(nil)),
		"joined": errors.Join(secretmux.ErrNotFound, (*fs.PathError)(nil)), "below ours": &secretmux.Error{Class: secretmux.ErrNotFound, Err: (*fs.PathError)(nil)},
		"text": panics{"Error"}, "Is": panics{"Is"}, "Unwrap": panics{"Unwrap"}, "wrapped Is": fmt.Errorf("x: %w", panics{"Is"}),
	} {
		t.Run(name, func(t *testing.T) {
			single := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
				return secretmux.NewSecret([]byte("x"), secretmux.Meta{}), err
			})
			each := rigs.ManyFunc(func(names []string) ([]secretmux.Result, error) {
				return []secretmux.Result{{Name: names[0], Err: err}, {Name: names[1], Err: err}}, nil
			})
			whole := rigs.ManyFunc(func([]string) ([]secretmux.Result, error) { return nil, err })
			for kind, p := range map[string]secretmux.Provider{"single": single, "each": each, "whole": whole} {
				weak := rigs.Has("weak:", "a", "weak", "b", "weak")
				for _, c := range []secretmux.Provider{rigs.ChainOf(p, weak), rigs.Must(secretmux.New(rigs.ChainOf(p, weak), secretmux.Options{}))} {
					for _, r := range rigs.GetMany(t.Context(), c, "a", "b") {
						if r.Err == nil || secretmux.ClassOf(r.Err) != nil || strings.Contains(r.Err.Error(), canary) || !r.Secret.IsZero() {
							t.Errorf("%s: %v", kind, r.Err)
						}
					}
				}
			}
			c := rigs.ChainOf(single)
			if _, got := c.Get(t.Context(), "a"); got == nil || got.Error() == "" {
				t.Errorf("Get: %v", got)
			}
		})
	}
	if secretmux.ClassOf((*secretmux.Error)(nil)) != nil || (*secretmux.Error)(nil).Error() == "" {
		t.Error("a nil *Error has a class or no text")
	}
}

// panics is an error one of whose methods panics.
type panics struct{ method string }

func (p panics) call(method string) {
	if p.method == method {
		panic(canary)
	}
}

func (p panics) Error() string { p.call("Error"); return "text" }
func (p panics) Is(error) bool { p.call("Is"); return false }
func (p panics) Unwrap() error { p.call("Unwrap"); return nil }

// The package's GetMany runs the Gets of a plain provider in goroutines of its own:
// one that ends has not answered.
func TestGetManyOfAProviderThatEndsItsGoroutine(t *testing.T) {
	exits := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		runtime.Goexit()
		return secretmux.Secret{}, nil
	})
	for _, r := range rigs.GetMany(t.Context(), exits, "a", "b") {
		if r.Err == nil {
			t.Errorf("%s has neither a secret nor an error", r.Name)
		}
	}
}

// slowSelf is a backend whose own time limit ends: its error looks like the end of
// a context, though the reader's goes on.
func TestDocumentWhoseBackendHasItsOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		p := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
			calls++
			return secretmux.Secret{}, &secretmux.Error{Class: secretmux.ErrUnavailable, Err: context.DeadlineExceeded}
		})
		b := manyless{p}
		s := rigs.Must(secretmux.Open(t.Context(), "x:?document=app&timeout=1s&retry=off", rigs.Answers("x", b, nil)))
		defer func() { _ = s.Close() }()
		done := make(chan error, 1)
		go func() { _, err := s.Get(t.Context(), "a"); done <- err }()
		synctest.Wait()
		rigs.WantClass(t, secretmux.ErrUnavailable)(secretmux.Secret{}, <-done)
		if calls != 1 {
			t.Errorf("%d calls for one read", calls)
		}
	})
}

type manyless struct{ p secretmux.Provider }

func (m manyless) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return m.p.Get(ctx, name)
}

// hooks panics in the methods that describe the provider.
type hooks struct{ *rigs.Backend }

func (hooks) BackendName(string) string   { panic(canary) }
func (hooks) DefaultTTL() time.Duration   { panic(canary) }
func (hooks) Retries() bool               { panic(canary) }
func (hooks) String() string              { panic(canary) }
func (hooks) Check(context.Context) error { panic(canary) }
func (hooks) Close() error                { panic(canary) }

// The methods that describe a provider are called in goroutines of the store, where a
// panic would end the program.
func TestHooksThatPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := hooks{rigs.Has("", "a", "1")}
		s := rigs.Must(secretmux.New(p, secretmux.Options{}))
		rigs.WantSecret(t, "1")(s.Get(t.Context(), "a"))
		rigs.Must(s.OnRotate("absent", func(context.Context, secretmux.Rotation) error { return nil }))
		rigs.WantClass(t, secretmux.ErrNotFound)(s.Get(t.Context(), "absent"))
		for _, probed := range secretmux.Probe(t.Context(), p) {
			if probed.Err == nil {
				t.Error("a check that panics passes")
			}
			conformance.NoLeak(t, probed.Err, canary)
		}
		p.Fail = &secretmux.Error{Class: secretmux.ErrUnavailable}
		_, err := s.Get(t.Context(), "b")
		conformance.NoLeak(t, err, canary)
		err = s.Close()
		if err == nil {
			t.Error("a Close that panics passes")
		}
		conformance.NoLeak(t, err, canary)
	})
}

// If the Close of one provider hangs, panics or ends its goroutine, all others are
// still closed.
func TestCloseOfOneThatMisbehaves(t *testing.T) {
	for name, tt := range map[string]struct {
		misbehave func(release chan struct{})
		returns   bool
	}{
		"panics": {func(chan struct{}) { panic(canary) }, true},
		"exits":  {func(chan struct{}) { runtime.Goexit() }, true},
		"hangs":  {func(release chan struct{}) { <-release }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				good := rigs.Has("good:")
				c := rigs.ChainOf(closes{rigs.Has("bad:"), func() { tt.misbehave(release) }}, good)
				ended := make(chan error, 1)
				go func() { ended <- c.Close() }()
				synctest.Wait()
				if good.Closes.Load() != 1 {
					t.Error("the other link is still open")
				}
				close(release)
				if err := <-ended; tt.returns && err == nil {
					t.Error("the mistake is not told")
				} else if err != nil {
					conformance.NoLeak(t, err, canary)
				}
			})
		})
	}
}

type closes struct {
	*rigs.Backend
	close func()
}

func (c closes) Close() error { c.close(); return nil }

// A provider that is asked directly is one link: its check has a bound too.
func TestProbeOfAProviderThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		hangs := checker{rigs.Has("hangs:"), func() { <-release }}
		start := time.Now()
		replicas := rigs.ReplicasOf(hangs, checker{rigs.Has("hangs2:"), func() { <-release }}, rigs.Has("good:"))
		for _, p := range []secretmux.Provider{hangs, replicas} {
			probed := secretmux.Probe(t.Context(), p)
			if !errors.Is(probed[0].Err, secretmux.ErrUnavailable) {
				t.Errorf("%v", probed)
			}
			if took := time.Since(start); took > 11*time.Second {
				t.Errorf("took %v", took) // two links that hang take the time of one
			}
			start = time.Now()
		}
	})
}

type checker struct {
	*rigs.Backend
	check func()
}

func (c checker) Check(context.Context) error { c.check(); return nil }
