// Document reads all values of a service from one JSON secret, the commonest layout in
// the clouds, and the same names from variables or a .env file in development.
//
//	go run ./examples/document
//	DB_PASSWORD=x go run ./examples/document
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/testing/memory"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	// In production: "env:,aws-sm://eu-west-1/prod/?document=orders", and aws.Backend().
	cloud := memory.New(map[string]string{
		"prod/orders": `{"DB_USER": "app", "DB_PASSWORD": "s3cret", "payments/token": "t0ken", "limits": {"rate": 50}}`,
	})
	store, err := secretmux.Open(ctx, "env:,memory:?prefix=prod/&document=orders", local.Backend(), cloud.Backend())
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()

	refs := []string{"db/user", "db/password", "payments/token", "limits#rate"}
	found, err := store.GetAll(ctx, refs...)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		_, _ = fmt.Fprintf(out, "%-15s %v of %d bytes from %s\n", ref, found[ref], len(found[ref].Bytes()), found[ref].Source())
	}
	_, _ = fmt.Fprintln(out, cloud.Calls().Total(), "call for all of them")

	_, err = store.Get(ctx, "smtp/password") // no member has this name, so the secret is absent and a default may apply
	_, _ = fmt.Fprintln(out, "smtp/password is", secretmux.ClassOf(err))
	return nil
}
