package mask

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"time"

	"github.com/secretmux/secretmux"
)

// Provider decorates inner, so that each value is in set before the caller gets it. The
// name in a mask is the name that inner is asked for. Put the result below a store, so
// that the values of the store's refreshes are also in set.
//
// The result has all optional interfaces of secretmux, with the fallbacks of its package
// functions. It returns inner's answers and errors unchanged. It is safe for concurrent
// use if inner is.
//
// If inner or set is nil, all calls fail with ErrInvalid, because an unmasked secret must
// not be returned.
func Provider(inner secretmux.Provider, set *Set) secretmux.Provider {
	if inner == nil || set == nil || set.core == nil {
		return secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
			return secretmux.Secret{}, secretmux.Invalid("get", "the provider or the set is nil", "make the set with mask.New")
		})
	}
	return &provider{inner: inner, set: set}
}

// Backend returns a copy of b that decorates each provider that it opens with [Provider].
// So the values of every chain that a config string opens are masked:
//
//	secretmux.Open(ctx, os.Getenv("SECRETS"), mask.Backend(local.Backend(), set))
func Backend(b secretmux.Backend, set *Set) secretmux.Backend {
	masked := maps.Clone(b)
	for scheme, open := range b {
		if open == nil {
			continue // Open reports it
		}
		masked[scheme] = func(ctx context.Context, u *secretmux.URI) (secretmux.Provider, error) {
			p, err := open(ctx, u)
			if err != nil || p == nil {
				return p, err
			}
			return Provider(p, set), nil
		}
	}
	return masked
}

type provider struct {
	inner secretmux.Provider
	set   *Set
}

var (
	_ secretmux.ManyGetter    = (*provider)(nil)
	_ secretmux.VersionGetter = (*provider)(nil)
	_ secretmux.Lister        = (*provider)(nil)
	_ secretmux.Describer     = (*provider)(nil)
	_ secretmux.Checker       = (*provider)(nil)
)

// String is inner's redacted URI, or its type if it has none.
func (p *provider) String() string {
	if s, ok := p.inner.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", p.inner)
}

func (p *provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	secret, err := p.inner.Get(ctx, name)
	p.set.Add(name, secret)
	return secret, err
}

func (p *provider) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	secret, err := secretmux.GetVersion(ctx, p.inner, name, version)
	p.set.Add(name, secret)
	return secret, err
}

func (p *provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	results, err := secretmux.GetMany(ctx, p.inner, names)
	for _, r := range results {
		p.set.Add(r.Name, r.Secret)
	}
	return results, err
}

func (p *provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return secretmux.List(ctx, p.inner, prefix)
}

func (p *provider) Describe(ctx context.Context, name string) (secretmux.Info, error) {
	return secretmux.Describe(ctx, p.inner, name)
}

func (p *provider) Check(ctx context.Context) error { return secretmux.Check(ctx, p.inner) }

func (p *provider) Close() error { return secretmux.Close(p.inner) }

// A link looks for these methods of its provider. See secretmux.Provider.

func (p *provider) DefaultTTL() time.Duration {
	if own, ok := p.inner.(interface{ DefaultTTL() time.Duration }); ok {
		return own.DefaultTTL()
	}
	return 0
}

func (p *provider) BackendName(name string) string {
	if own, ok := p.inner.(interface{ BackendName(name string) string }); ok {
		return own.BackendName(name)
	}
	return ""
}

func (p *provider) Retries() bool {
	own, ok := p.inner.(interface{ Retries() bool })
	return !ok || own.Retries()
}
