//go:build ignore

// Command age reads one secret of an encrypted file. It is built in the module of the
// backend, which a file that is named on the command line may be. See footprint/measure.
package main

import (
	"context"
	"log"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
)

func main() {
	ctx := context.Background()
	store, err := secretmux.Open(ctx, "age:secrets.env.age", age.Backend())
	if err != nil {
		log.Fatal(err)
	}
	secret, err := store.Get(ctx, "db-password")
	log.Print(secret, err, store.Close())
}
