package secretmux_test

import (
	"context"
	"errors"
	"testing"

	"github.com/secretmux/secretmux"
)

// chainOf and replicasOf are for links that are known to be good.
func chainOf(p ...secretmux.Provider) *secretmux.Chain { return must(secretmux.NewChain(p...)) }

func replicasOf(p ...secretmux.Provider) *secretmux.Replicas {
	return must(secretmux.NewReplicas(p...))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// getMany reads names and has the error of a batch as a whole in each Result.
func getMany(ctx context.Context, p secretmux.Provider, names ...string) []secretmux.Result {
	results, err := secretmux.GetMany(ctx, p, names)
	if err == nil {
		return results
	}
	for _, name := range names {
		results = append(results, secretmux.Result{Name: name, Err: err})
	}
	return results
}

// failedOf is what a call with many references says of each that failed.
func failedOf(t *testing.T, err error) map[string]error {
	t.Helper()
	var many *secretmux.ManyError
	if !errors.As(err, &many) {
		t.Fatalf("%v is not a ManyError", err)
	}
	return many.Failed
}
