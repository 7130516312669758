package faults_test

import (
	"context"

	"github.com/secretmux/secretmux"
)

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
