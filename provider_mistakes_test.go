package secretmux_test

import (
	"context"
	"io/fs"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/secretmux/secretmux"
)

// A nil pointer in an error is not nil: its methods may panic. It is a failure
// without a class, which stops a chain.
func TestATypedNilErrorIsAFailure(t *testing.T) {
	for name, err := range map[string]error{"ours": (*secretmux.Error)(nil), "another's": (*fs.PathError)(nil)} {
		t.Run(name, func(t *testing.T) {
			single := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
				return secretmux.NewSecret([]byte("x"), secretmux.Meta{}), err
			})
			each := manyFunc(func(names []string) ([]secretmux.Result, error) {
				return []secretmux.Result{{Name: names[0], Err: err}, {Name: names[1], Err: err}}, nil
			})
			whole := manyFunc(func([]string) ([]secretmux.Result, error) { return nil, err })
			for kind, p := range map[string]secretmux.Provider{"single": single, "each": each, "whole": whole} {
				weak := has("weak:", "a", "weak", "b", "weak")
				for _, c := range []secretmux.Provider{chainOf(p, weak), must(secretmux.New(chainOf(p, weak), secretmux.Options{}))} {
					for _, r := range getMany(t.Context(), c, "a", "b") {
						if r.Err == nil || secretmux.ClassOf(r.Err) != nil || r.Err.Error() == "" || !r.Secret.IsZero() {
							t.Errorf("%s: %v", kind, r.Err)
						}
					}
				}
			}
			c := chainOf(single)
			if _, got := c.Get(t.Context(), "a"); got == nil || got.Error() == "" {
				t.Errorf("Get: %v", got)
			}
		})
	}
	if secretmux.ClassOf((*secretmux.Error)(nil)) != nil || (*secretmux.Error)(nil).Error() == "" {
		t.Error("a nil *Error has a class or no text")
	}
}

// The package's GetMany runs the Gets of a plain provider in goroutines of its own:
// one that ends has not answered.
func TestGetManyOfAProviderThatEndsItsGoroutine(t *testing.T) {
	exits := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		runtime.Goexit()
		return secretmux.Secret{}, nil
	})
	for _, r := range getMany(t.Context(), exits, "a", "b") {
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
		s := must(secretmux.Open(t.Context(), "x:?document=app&timeout=1s&retry=off", answers("x", b, nil)))
		defer func() { _ = s.Close() }()
		done := make(chan error, 1)
		go func() { _, err := s.Get(t.Context(), "a"); done <- err }()
		synctest.Wait()
		wantClass(t, secretmux.ErrUnavailable)(secretmux.Secret{}, <-done)
		if calls != 1 {
			t.Errorf("%d calls for one read", calls)
		}
	})
}

type manyless struct{ p secretmux.Provider }

func (m manyless) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return m.p.Get(ctx, name)
}
