package rigs

import (
	"context"
	"errors"
	"testing"

	"github.com/secretmux/secretmux"
)

// WantSecret fails the test unless a Get gave value.
func WantSecret(t *testing.T, value string) func(secretmux.Secret, error) {
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

// WantClass fails the test unless a Get failed with class, and with no other.
func WantClass(t *testing.T, class error) func(secretmux.Secret, error) {
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

// Listed collects what p lists as name@source, and the error that ended it.
func Listed(t *testing.T, p secretmux.Provider, prefix string) (got []string, last error) {
	t.Helper()
	for info, err := range secretmux.List(t.Context(), p, prefix) {
		if last != nil {
			t.Fatal("List goes on after an error")
		}
		if last = err; err == nil {
			got = append(got, info.Name+"@"+info.Source)
		}
	}
	return got, last
}

// ChainOf is a chain of links that are known to be good.
func ChainOf(p ...secretmux.Provider) *secretmux.Chain { return Must(secretmux.NewChain(p...)) }

// ReplicasOf are replicas of links that are known to be good.
func ReplicasOf(p ...secretmux.Provider) *secretmux.Replicas {
	return Must(secretmux.NewReplicas(p...))
}

// Must is v. It panics where err is not nil.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// GetMany reads names and has the error of a batch as a whole in each Result.
func GetMany(ctx context.Context, p secretmux.Provider, names ...string) []secretmux.Result {
	results, err := secretmux.GetMany(ctx, p, names)
	if err == nil {
		return results
	}
	for _, name := range names {
		results = append(results, secretmux.Result{Name: name, Err: err})
	}
	return results
}

// InFront are the classes that stop a chain. After ErrNotFound it goes on.
func InFront() []error {
	return []error{
		secretmux.ErrDisabled, secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrInvalid, secretmux.ErrThrottled, secretmux.ErrUnavailable,
		secretmux.ErrCorrupt, secretmux.ErrTooLarge, secretmux.ErrRefused, secretmux.ErrClosed, errors.ErrUnsupported,
	}
}

// Only is the one result of a batch.
func Only(results []secretmux.Result) (secretmux.Secret, error) {
	return results[0].Secret, results[0].Err
}

// Answers is a Backend whose scheme always opens to p and err.
func Answers(scheme string, p secretmux.Provider, err error) secretmux.Backend {
	return secretmux.Backend{scheme: func(context.Context, *secretmux.URI) (secretmux.Provider, error) { return p, err }}
}
