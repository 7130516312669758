package secretmux_test

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

// backend is a provider with every capability, which counts its calls.
type backend struct {
	uri      string
	values   map[string]string
	fail     error            // every read, list and check fails with it
	failName map[string]error // reads of single names fail with theirs
	versions map[string]string
	closeErr error
	hang     bool // reads, checks and lists wait for the end of ctx

	gets, batches, lists, checks, closes atomic.Int64
	lastBatch                            atomic.Value // []string
}

// has makes a backend of name, value pairs.
func has(uri string, pairs ...string) *backend {
	b := &backend{uri: uri, values: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		b.values[pairs[i]] = pairs[i+1]
	}
	return b
}

// failing makes a backend whose every call fails with class.
func failing(uri string, class error) *backend {
	b := has(uri)
	b.fail = &secretmux.Error{Op: "get", Class: class, Hint: "a hint"}
	return b
}

func (b *backend) String() string { return b.uri }

func (b *backend) read(ctx context.Context, name string) (secretmux.Secret, error) {
	if b.hang {
		<-ctx.Done()
		return secretmux.Secret{}, ctx.Err()
	}
	if err := cmp.Or(b.fail, b.failName[name]); err != nil {
		return secretmux.Secret{}, err
	}
	value, ok := b.values[name]
	if !ok {
		return secretmux.Secret{}, &secretmux.Error{Op: "get", Class: secretmux.ErrNotFound}
	}
	return secretmux.NewSecret([]byte(value), secretmux.Meta{Version: "v9"}), nil
}

func (b *backend) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	b.gets.Add(1)
	return b.read(ctx, name)
}

func (b *backend) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	b.batches.Add(1)
	b.lastBatch.Store(slices.Clone(names))
	if b.fail != nil {
		return nil, b.fail
	}
	results := make([]secretmux.Result, len(names))
	for i, name := range names {
		secret, err := b.read(ctx, name)
		results[i] = secretmux.Result{Name: name, Secret: secret, Err: err}
	}
	return results, nil
}

func (b *backend) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	if version == secretmux.VersionCurrent {
		return b.read(ctx, name)
	}
	if b.fail != nil {
		return secretmux.Secret{}, b.fail
	}
	value, ok := b.versions[name+"@"+version]
	if !ok {
		return secretmux.Secret{}, &secretmux.Error{Op: "get version", Class: secretmux.ErrNotFound}
	}
	return secretmux.NewSecret([]byte(value), secretmux.Meta{Version: version}), nil
}

func (b *backend) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	b.lists.Add(1)
	return func(yield func(secretmux.Info, error) bool) {
		if b.fail != nil {
			yield(secretmux.Info{}, b.fail)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(b.values)) {
			if strings.HasPrefix(name, prefix) && !yield(secretmux.Info{Name: name}, nil) {
				return
			}
		}
		if b.hang {
			<-ctx.Done()
			yield(secretmux.Info{}, ctx.Err())
		}
	}
}

func (b *backend) Check(ctx context.Context) error {
	b.checks.Add(1)
	if b.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	return b.fail
}

func (b *backend) Close() error {
	b.closes.Add(1)
	return b.closeErr
}

// delayed is a backend that takes its time for some names.
type delayed struct {
	*backend
	delays map[string]time.Duration
}

func (d *delayed) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	select {
	case <-time.After(d.delays[name]):
		return d.backend.Get(ctx, name)
	case <-ctx.Done():
		return secretmux.Secret{}, ctx.Err()
	}
}

// plain is b without its capabilities.
func plain(b *backend) secretmux.Provider { return secretmux.ProviderFunc(b.Get) }

// wantSecret fails the test unless a Get gave value.
func wantSecret(t *testing.T, value string) func(secretmux.Secret, error) {
	return func(got secretmux.Secret, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("failed with %v, want a value", err)
		}
		if got.Reveal() != value {
			t.Fatalf("got %d bytes that differ from the %d wanted", len(got.Bytes()), len(value))
		}
	}
}

// wantClass fails the test unless a Get failed with class, and with no other.
func wantClass(t *testing.T, class error) func(secretmux.Secret, error) {
	return func(got secretmux.Secret, err error) {
		t.Helper()
		if !got.IsZero() {
			t.Errorf("got a secret besides the error %v", err)
		}
		if !errors.Is(err, class) {
			t.Fatalf("err = %v, want %v", err, class)
		}
		if got := secretmux.ClassOf(err); got != class {
			t.Fatalf("ClassOf(%v) = %v, want %v", err, got, class)
		}
	}
}

func TestProviderFuncNil(t *testing.T) {
	var f secretmux.ProviderFunc
	wantClass(t, secretmux.ErrInvalid)(f.Get(t.Context(), "a"))
	wantClass(t, secretmux.ErrInvalid)(chainOf(f).Get(t.Context(), "a"))
}
