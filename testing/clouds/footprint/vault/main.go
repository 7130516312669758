// Command vault reads one secret through providers/vault and nothing else, to measure
// what that links. See footprint/measure.
package main

import (
	"context"
	"log"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

func main() {
	ctx := context.Background()
	store, err := secretmux.Open(ctx, "vault://vault.example.com:8200/kv/app/", vault.Backend())
	if err != nil {
		log.Fatal(err)
	}
	secret, err := store.Get(ctx, "db-password")
	log.Print(secret, err, store.Close())
}
