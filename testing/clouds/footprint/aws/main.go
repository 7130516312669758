// Command aws reads one secret through providers/aws and nothing else, to measure
// what that links. See footprint/measure.
package main

import (
	"context"
	"log"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
)

func main() {
	ctx := context.Background()
	store, err := secretmux.Open(ctx, "aws-sm://eu-west-1/prod/", aws.Backend())
	if err != nil {
		log.Fatal(err)
	}
	secret, err := store.Get(ctx, "db-password")
	log.Print(secret, err, store.Close())
}
