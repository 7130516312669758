package conformance

import (
	"context"
	"testing"

	"github.com/secretmux/secretmux"
)

// ignoresContext makes the double call with a context that ends with the test.
func ignoresContext(t *testing.T, _ *Harness, d *double) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	d.get = func(_ context.Context, name string) (secretmux.Secret, error) { return d.Provider.Get(ctx, name) }
}

// hidesContext makes the double replace the error of an ended context.
func hidesContext(class error) func(*testing.T, *Harness, *double) {
	return func(_ *testing.T, _ *Harness, d *double) {
		d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
			s, err := d.Provider.Get(ctx, name)
			if ctx.Err() != nil {
				return secretmux.Secret{}, &secretmux.Error{Op: "get", Class: class}
			}
			return s, err
		}
	}
}

func brokenContexts() []breakage {
	return []breakage{
		{"context ended before", "ignores ctx", "no error", ignoresContext},
		{"context ended before", "says absent", `the class is "not found"`, hidesContext(secretmux.ErrNotFound)},
		{"context ended before", "GetMany ignores ctx", "GetMany with a context that ended: no error", func(t *testing.T, _ *Harness, d *double) {
			d.getMany = func(_ context.Context, names []string) ([]secretmux.Result, error) {
				return secretmux.GetMany(t.Context(), d.Provider, names)
			}
		}},
		{"timeout", "ignores ctx", "goes on", ignoresContext},
		{"timeout", "says only unavailable", "is not \"context deadline exceeded\"", hidesContext(secretmux.ErrUnavailable)},
		{"cancelled", "ignores ctx", "goes on", ignoresContext},
		{"cancelled", "says the cause", "is not \"context canceled\"", func(_ *testing.T, _ *Harness, d *double) {
			d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
				s, err := d.Provider.Get(ctx, name)
				if cause := context.Cause(ctx); cause != nil {
					return s, &secretmux.Error{Op: "get", Err: cause}
				}
				return s, err
			}
		}},
		{"hang hits one name", "holds a lock", "Get of another name", func(_ *testing.T, _ *Harness, d *double) {
			lock := make(chan struct{}, 1)
			d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
				select {
				case lock <- struct{}{}:
					defer func() { <-lock }()
					return d.Provider.Get(ctx, name)
				case <-ctx.Done():
					return secretmux.Secret{}, &secretmux.Error{Op: "get", Err: ctx.Err()}
				}
			}
		}},
	}
}
