// Command pgx reads a DSN and opens a pool of adapters/pgx. See
// testing/clouds/footprint/measure.
package main

import (
	"context"
	"log"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	pgxsecret "github.com/secretmux/secretmux/adapters/pgx"
	"github.com/secretmux/secretmux/providers/local"
)

func main() {
	ctx := context.Background()
	store, err := secretmux.Open(ctx, "env:", local.Backend())
	if err != nil {
		log.Fatal(err)
	}
	pool, err := pgxsecret.NewPool(ctx, store, "db", nil, dbsql.Options{})
	if err != nil {
		log.Fatal(err)
	}
	log.Print(pool.Ping(ctx))
}
