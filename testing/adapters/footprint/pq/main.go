// Command pq reads a password from a file and opens a pool of database/sql over lib/pq.
// See testing/clouds/footprint/measure.
package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"log"

	"github.com/lib/pq"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/providers/local"
)

func main() {
	ctx := context.Background()
	store, err := secretmux.Open(ctx, "env:", local.Backend())
	if err != nil {
		log.Fatal(err)
	}
	connector, err := dbsql.New(ctx, store, "db", build, dbsql.Options{})
	if err != nil {
		log.Fatal(err)
	}
	log.Print(sql.OpenDB(connector).PingContext(ctx))
}

func build(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
	return pq.NewConnector(s.Reveal())
}
