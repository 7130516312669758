package rigs

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux"
)

// Backend is a provider with every capability, which counts its calls.
type Backend struct {
	URI      string
	Values   map[string]string
	Fail     error            // every read, list and check fails with it
	FailName map[string]error // reads of single names fail with theirs
	Versions map[string]string
	CloseErr error
	Hang     bool // reads, checks and lists wait for the end of ctx

	Gets, Batches, Lists, Checks, Closes atomic.Int64
	LastBatch                            atomic.Value // []string
}

// Has makes a backend of name, value pairs.
func Has(uri string, pairs ...string) *Backend {
	b := &Backend{URI: uri, Values: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		b.Values[pairs[i]] = pairs[i+1]
	}
	return b
}

// Failing makes a backend whose every call fails with class.
func Failing(uri string, class error) *Backend {
	b := Has(uri)
	b.Fail = &secretmux.Error{Op: "get", Class: class, Hint: "a hint"}
	return b
}

// String is the URI.
func (b *Backend) String() string { return b.URI }

// Read is a read that is not counted.
func (b *Backend) Read(ctx context.Context, name string) (secretmux.Secret, error) {
	if b.Hang {
		<-ctx.Done()
		return secretmux.Secret{}, ctx.Err()
	}
	if err := cmp.Or(b.Fail, b.FailName[name]); err != nil {
		return secretmux.Secret{}, err
	}
	value, ok := b.Values[name]
	if !ok {
		return secretmux.Secret{}, &secretmux.Error{Op: "get", Class: secretmux.ErrNotFound}
	}
	return secretmux.NewSecret([]byte(value), secretmux.Meta{Version: "v9"}), nil
}

// Get reads one name.
func (b *Backend) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	b.Gets.Add(1)
	return b.Read(ctx, name)
}

// GetMany reads names in one call, which fails as a whole where Fail is set.
func (b *Backend) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	b.Batches.Add(1)
	b.LastBatch.Store(slices.Clone(names))
	if b.Fail != nil {
		return nil, b.Fail
	}
	results := make([]secretmux.Result, len(names))
	for i, name := range names {
		secret, err := b.Read(ctx, name)
		results[i] = secretmux.Result{Name: name, Secret: secret, Err: err}
	}
	return results, nil
}

// GetVersion reads the version that Versions has as name@version.
func (b *Backend) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	if version == secretmux.VersionCurrent {
		return b.Read(ctx, name)
	}
	if b.Fail != nil {
		return secretmux.Secret{}, b.Fail
	}
	value, ok := b.Versions[name+"@"+version]
	if !ok {
		return secretmux.Secret{}, &secretmux.Error{Op: "get version", Class: secretmux.ErrNotFound}
	}
	return secretmux.NewSecret([]byte(value), secretmux.Meta{Version: version}), nil
}

// List yields the names in order.
func (b *Backend) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	b.Lists.Add(1)
	return func(yield func(secretmux.Info, error) bool) {
		if b.Fail != nil {
			yield(secretmux.Info{}, b.Fail)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(b.Values)) {
			if strings.HasPrefix(name, prefix) && !yield(secretmux.Info{Name: name}, nil) {
				return
			}
		}
		if b.Hang {
			<-ctx.Done()
			yield(secretmux.Info{}, ctx.Err())
		}
	}
}

// Check fails as reads do.
func (b *Backend) Check(ctx context.Context) error {
	b.Checks.Add(1)
	if b.Hang {
		<-ctx.Done()
		return ctx.Err()
	}
	return b.Fail
}

// Close counts that it was called.
func (b *Backend) Close() error {
	b.Closes.Add(1)
	return b.CloseErr
}

// Delayed is a backend that takes its time for some names.
type Delayed struct {
	*Backend
	Delays map[string]time.Duration
}

// Get answers after the delay of name.
func (d *Delayed) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	select {
	case <-time.After(d.Delays[name]):
		return d.Backend.Get(ctx, name)
	case <-ctx.Done():
		return secretmux.Secret{}, ctx.Err()
	}
}

// Hanging is a backend whose calls end only with their context.
func Hanging(uri string) *Backend {
	b := Has(uri, "a", "x")
	b.Hang = true
	return b
}

// Fails is a provider whose Get fails with err.
func Fails(err error) secretmux.Provider {
	return secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) { return secretmux.Secret{}, err })
}

// Plain is b without its capabilities.
func Plain(b *Backend) secretmux.Provider { return secretmux.ProviderFunc(b.Get) }

// ManyFunc is a ManyGetter that answers as f does.
type ManyFunc func(names []string) ([]secretmux.Result, error)

// Get is never what a test asks for: it is unavailable.
func (f ManyFunc) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return secretmux.Secret{}, &secretmux.Error{Class: secretmux.ErrUnavailable}
}

// GetMany calls f.
func (f ManyFunc) GetMany(_ context.Context, names []string) ([]secretmux.Result, error) {
	return f(names)
}
