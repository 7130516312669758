// Compose builds a chain in code instead of a config string: overrides in front of two
// replicas, with a provider of its own.
//
//	go run ./examples/compose
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
	"github.com/secretmux/secretmux/testing/memory"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	overrides, err := env.New(env.Options{Prefix: "OVERRIDE_"})
	if err != nil {
		return err
	}
	down := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		return secretmux.Secret{}, &secretmux.Error{Op: "get", Class: secretmux.ErrUnavailable}
	})
	// These two have the same data: the second is read if the first can't be reached. In
	// production they are two regions.
	regions, err := secretmux.NewReplicas(down, memory.New(map[string]string{"db/password": "s3cret"}))
	if err != nil {
		return err
	}
	// This is an overlay: the next link is read if a secret is provably absent.
	// ContinueOn is on= in code.
	last := memory.New(map[string]string{"feature/key": "default"})
	chain, err := secretmux.NewChain(overrides, secretmux.ContinueOn(regions, secretmux.ErrDenied), last)
	if err != nil {
		return err
	}
	store, err := secretmux.New(chain, secretmux.Options{TTL: time.Minute, MaxStale: time.Hour})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }() // closes all of them

	for _, name := range []string{"db/password", "feature/key", "absent"} {
		secret, err := store.Get(ctx, name)
		_, _ = fmt.Fprintln(out, name, secret, "from", secret.Source(), secretmux.ClassOf(err))
	}
	for _, link := range secretmux.Explain(ctx, store, "db/password").Links {
		_, _ = fmt.Fprintln(out, "  ", link.Source, "-", link.Role)
	}
	return nil
}
