package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/lib/pq"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	pgxsecret "github.com/secretmux/secretmux/adapters/pgx"
	"github.com/secretmux/secretmux/testing/memory"
)

const ref = "db/app"

// client is one of the ways to the database.
type client struct {
	scan  func(ctx context.Context, sql string) error // runs sql, which has one row of one number
	stats func() dbsql.Stats
	close func()
}

func (c client) query(ctx context.Context) error { return c.scan(ctx, "select 1") }

func (c client) from(ctx context.Context, table string) error {
	return c.scan(ctx, "select count(*) from "+table)
}

func (c client) sleep(ctx context.Context, d time.Duration) error {
	return c.scan(ctx, fmt.Sprintf("select 1 from pg_sleep(%f)", d.Seconds()))
}

// opener opens a client with a limit of connections.
type opener func(t *testing.T, store *secretmux.Store, conns int, lifetime time.Duration, o dbsql.Options) client

// openers are the clients that each test of a rotation goes through.
func openers() map[string]opener {
	return map[string]opener{"dbsql over pgx": overPgx, "dbsql over lib_pq": overPq, "pgx pool": overPool}
}

// Connections end after a moment, so that logins happen at any time. A test of what
// ends them otherwise has long.
const (
	short = 50 * time.Millisecond
	long  = time.Hour
)

func overPgx(t *testing.T, store *secretmux.Store, conns int, lifetime time.Duration, o dbsql.Options) client {
	t.Helper()
	cfg, err := pgx.ParseConfig(where())
	if err != nil {
		t.Fatal(err)
	}
	c, err := pgxsecret.Connector(t.Context(), store, ref, cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	return overConnector(c, conns, lifetime)
}

func overPq(t *testing.T, store *secretmux.Store, conns int, lifetime time.Duration, o dbsql.Options) client {
	t.Helper()
	c, err := dbsql.New(t.Context(), store, ref, buildPq, o)
	if err != nil {
		t.Fatal(err)
	}
	return overConnector(c, conns, lifetime)
}

func buildPq(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
	user, err := s.Field("username")
	if err != nil {
		return nil, err
	}
	password, err := s.Field("password")
	if err != nil {
		return nil, err
	}
	return pq.NewConnector(dsn(user.Reveal(), password.Reveal()))
}

func overConnector(c *dbsql.Connector, conns int, lifetime time.Duration) client {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxLifetime(lifetime)
	return client{
		scan: func(ctx context.Context, sql string) error {
			var n int
			return db.QueryRowContext(ctx, sql).Scan(&n)
		},
		stats: c.Stats, close: func() { _ = db.Close() },
	}
}

func overPool(t *testing.T, store *secretmux.Store, conns int, lifetime time.Duration, o dbsql.Options) client {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(where())
	if err != nil {
		t.Fatal(err)
	}
	cfg.MaxConns, cfg.MaxConnLifetime = int32(conns), lifetime
	p, err := pgxsecret.NewPool(t.Context(), store, ref, cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	return client{
		scan: func(ctx context.Context, sql string) error {
			var n int
			return p.QueryRow(ctx, sql).Scan(&n)
		},
		stats: p.Stats, close: func() { _ = p.Close() },
	}
}

// backend returns a store over a secret that a test changes. It reads by itself
// only once an hour, so each read was asked for by a refused login.
func backend(t *testing.T, value string) (*memory.Provider, *secretmux.Store) {
	t.Helper()
	vault := memory.New(map[string]string{ref: value})
	store, err := secretmux.New(vault, secretmux.Options{TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return vault, store
}

func refresh(t *testing.T, store *secretmux.Store) {
	t.Helper()
	if err := store.Refresh(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
}
