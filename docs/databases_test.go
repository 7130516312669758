package docs_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/memory"
)

// noDatabase is a connector that never connects.
type noDatabase struct{ driver.Connector }

func (noDatabase) Driver() driver.Driver { return nil }

func TestDatabasesPage(t *testing.T) {
	build := func(context.Context, secretmux.Secret) (driver.Connector, error) { return noDatabase{}, nil }
	if err := openPool(t.Context(), opened(t, memory.New(map[string]string{"db/app": "dsn"})), build); err != nil {
		t.Error(err)
	}
	if opts := askTheDatabase(build); opts.Validate == nil {
		t.Error("nothing validates")
	}
	store, err := tokens(func(context.Context) (string, error) { return "signed", nil })
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s, err := store.Get(t.Context(), "any")
	if err != nil || s.Reveal() != "signed" || s.Meta().TTL != 10*time.Minute {
		t.Errorf("the token is another one; %v", err)
	}
}

func openPool(ctx context.Context, store *secretmux.Store, build dbsql.Build) error {
	connector, err := dbsql.New(ctx, store, "db/app", build, dbsql.Options{Patience: 5 * time.Second})
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector) // db.Close closes the connector too
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db.Close()
}

func askTheDatabase(build dbsql.Build) secretmux.Options {
	opts := secretmux.Options{Validate: dbsql.Validator("db/app", build)}
	return opts
}

func tokens(sign func(context.Context) (string, error)) (*secretmux.Store, error) {
	tokens := secretmux.ProviderFunc(func(ctx context.Context, _ string) (secretmux.Secret, error) {
		token, err := sign(ctx) // auth.BuildAuthToken of the AWS SDK's feature/rds/auth
		return secretmux.NewSecret([]byte(token), secretmux.Meta{TTL: 10 * time.Minute}), err
	})
	store, err := secretmux.New(tokens, secretmux.Options{})
	return store, err
}
