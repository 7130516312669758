// Command vault reads one secret through providers/vault and nothing else, to measure
// what that links. See footprint/measure.
package main

import (
	"context"
	"log"
	"os"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

func main() {
	ctx := context.Background()
	store, err := secretmux.Open(ctx, os.Getenv("SECRETS"), vault.Backend())
	if err != nil {
		log.Fatal(err)
	}
	secret, err := store.Get(ctx, os.Getenv("NAME"))
	log.Print(secret, err, store.Close())
}
