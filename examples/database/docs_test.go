package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"testing"
	"time"

	"github.com/lib/pq"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/memory"
)

// The code of docs/databases.md.
func TestDocs(t *testing.T) {
	store, err := secretmux.New(memory.New(map[string]string{"db/app": "host=127.0.0.1 user=app password=s3cret"}), secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := openPool(t.Context(), store); err != nil {
		t.Error(err)
	}
}

func openPool(ctx context.Context, store *secretmux.Store) error {
	build := func(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
		return pq.NewConnector(s.Reveal()) // the secret is a DSN; or take its fields with s.Field
	}
	connector, err := dbsql.New(ctx, store, "db/app", build, dbsql.Options{Patience: 5 * time.Second})
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector) // db.Close closes the connector too
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db.Close()
}
