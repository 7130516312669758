// Command gcp reads one secret through providers/gcp and nothing else, to measure
// what that links. See footprint/measure.
package main

import (
	"context"
	"log"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

func main() {
	ctx := context.Background()
	store, err := secretmux.Open(ctx, "gcp-sm://my-project", gcp.Backend())
	if err != nil {
		log.Fatal(err)
	}
	secret, err := store.Get(ctx, "db-password")
	log.Print(secret, err, store.Close())
}
