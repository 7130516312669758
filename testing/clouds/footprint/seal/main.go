//go:build ignore

// Command seal seals and opens one value. It is built in the module of the adapter, which a
// file that is named on the command line may be. See footprint/measure.
package main

import (
	"context"
	"log"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/seal"
	"github.com/secretmux/secretmux/providers/env"
)

func main() {
	ctx := context.Background()
	store, err := secretmux.Open(ctx, "env:", env.Backend())
	if err != nil {
		log.Fatal(err)
	}
	box, err := seal.New(ctx, store, "keyset", seal.Options{})
	if err != nil {
		log.Fatal(err)
	}
	sealed, err := box.Seal(nil, nil)
	log.Print(err)
	_, err = box.Open(ctx, sealed, nil)
	log.Print(err)
}
