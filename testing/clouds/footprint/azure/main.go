// Command azure reads one secret through providers/azure and nothing else, to measure
// what that links. See footprint/measure.
package main

import (
	"context"
	"log"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
)

func main() {
	ctx := context.Background()
	store, err := secretmux.Open(ctx, "azure-kv://my-vault", azure.Backend())
	if err != nil {
		log.Fatal(err)
	}
	secret, err := store.Get(ctx, "db-password")
	log.Print(secret, err, store.Close())
}
