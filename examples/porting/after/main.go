// After is the service of before with a store: the same variables and the same .env file
// in development, and another config string in production.
//
//	DB_PASSWORD=x go run ./examples/porting/after
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	config := cmp.Or(os.Getenv("SECRETS"), "env:,dotenv:.env?dialect=godotenv")
	store, err := secretmux.Open(ctx, config, local.Backend())
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	port := "8080"
	switch set, err := store.Get(ctx, "port"); { // PORT
	case err == nil:
		port = set.Reveal()
	case !errors.Is(err, secretmux.ErrNotFound): // only an absent secret gets a default
		return err
	}
	password, err := store.Get(ctx, "db/password") // DB_PASSWORD
	if err != nil {
		return err
	}
	serve(port, password)
	return nil
}

func serve(port string, password secretmux.Secret) {
	fmt.Printf("port %s, a password of %d characters\n", port, len(password.Reveal()))
}
