package conformance

import (
	"context"
	"errors"
	"net/url"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

func brokenNames() []breakage {
	return []breakage{
		{"bad names", "asks the backend", `the class is "not found"`, func(_ *testing.T, _ *Harness, d *double) {
			d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
				if secretmux.ValidateName(name) != nil {
					name = "absent"
				}
				return d.Provider.Get(ctx, name)
			}
		}},
		{"bad names", "asks the backend and then says invalid", "calls of the backend, want none", func(_ *testing.T, _ *Harness, d *double) {
			d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
				if err := secretmux.ValidateName(name); err != nil {
					_, _ = d.Provider.Get(ctx, "absent")
					return secretmux.Secret{}, err
				}
				return d.Provider.Get(ctx, name)
			}
		}},
		{"bad names", "quotes the name", "holds a part", onError(func(name string, err error) (secretmux.Secret, error) {
			return secretmux.Secret{}, &secretmux.Error{Class: secretmux.ClassOf(err), Name: name}
		})},
		{"bad names", "quotes a piece of the name in a cause", "holds a part", onError(func(name string, err error) (secretmux.Secret, error) {
			cause := errors.New("near " + strconv.Quote(name[len(name)/2:]))
			return secretmux.Secret{}, &secretmux.Error{Class: secretmux.ClassOf(err), Err: errors.Join(err, cause)}
		})},
		{"odd names", "decodes names as a URL does", "no error", func(_ *testing.T, _ *Harness, d *double) {
			d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
				if decoded, err := url.PathUnescape(name); err == nil {
					name = path.Clean(decoded)
				}
				return d.Provider.Get(ctx, name)
			}
		}},
		{"odd names", "ends a name at a ;", "no error", func(_ *testing.T, _ *Harness, d *double) {
			d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
				name, _, _ = strings.Cut(name, ";")
				return d.Provider.Get(ctx, name)
			}
		}},
		{"odd names", "fails a batch for one name", "GetMany of alpha beside", func(_ *testing.T, _ *Harness, d *double) {
			d.getMany = func(ctx context.Context, names []string) ([]secretmux.Result, error) {
				for _, name := range names {
					if strings.ContainsAny(name, "%;") {
						return nil, &secretmux.Error{Op: "get", Class: secretmux.ErrNotFound}
					}
				}
				return secretmux.GetMany(ctx, d.Provider, names)
			}
		}},
		{"nested names", "takes the last segment", "another value", func(_ *testing.T, h *Harness, d *double) {
			last := func(name string) string { return name[strings.LastIndex(name, "/")+1:] }
			set := h.Set
			h.Set = func(t *testing.T, name string, value []byte) {
				if name == "outer/side" {
					name = "leaf" // a neighbour of that last segment
				}
				set(t, last(name), value)
			}
			d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
				return d.Provider.Get(ctx, last(name))
			}
		}},
	}
}

func brokenBatches() []breakage {
	batch := func(f func([]secretmux.Result) ([]secretmux.Result, error)) func(*testing.T, *Harness, *double) {
		return func(_ *testing.T, _ *Harness, d *double) {
			d.getMany = func(ctx context.Context, names []string) ([]secretmux.Result, error) {
				return f(readMany(ctx, d.Provider, names...))
			}
		}
	}
	return []breakage{
		{"many", "leaves out what is absent", "GetMany beside names that fail", batch(func(r []secretmux.Result) ([]secretmux.Result, error) {
			return r[:1], nil
		})},
		{"many", "another order", "another value", batch(func(r []secretmux.Result) ([]secretmux.Result, error) {
			r[0].Secret, r[2].Secret = r[2].Secret, r[0].Secret
			return r, nil
		})},
		{"many", "fails as a whole", "GetMany beside names that fail", batch(func(r []secretmux.Result) ([]secretmux.Result, error) {
			for i := range r {
				if r[i].Err != nil {
					return nil, r[i].Err
				}
			}
			return r, nil
		})},
		{"many", "an empty secret for an absent one", "no error", batch(func(r []secretmux.Result) ([]secretmux.Result, error) {
			for i := range r {
				r[i].Err = nil
			}
			return r, nil
		})},
		{"many in fewer calls", "calls for each name", "want fewer", func(_ *testing.T, _ *Harness, d *double) {
			d.getMany = func(ctx context.Context, names []string) ([]secretmux.Result, error) {
				results := make([]secretmux.Result, len(names))
				for i, name := range names {
					s, err := d.Provider.Get(ctx, name)
					results[i] = secretmux.Result{Name: name, Secret: s, Err: err}
				}
				return results, nil
			}
		}},
	}
}
