// Command local reads one secret through providers/local and nothing else, to measure
// what that links. See footprint/measure.
package main

import (
	"context"
	"log"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
)

func main() {
	ctx := context.Background()
	store, err := secretmux.Open(ctx, "env:", local.Backend())
	if err != nil {
		log.Fatal(err)
	}
	secret, err := store.Get(ctx, "db-password")
	log.Print(secret, err, store.Close())
}
