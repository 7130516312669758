package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/adapters/internal/traffic"
)

// TestWhatUsersDoToday prints the table of docs/databases.md: the same rotations for
// the code that users write today, and for the adapters. Only the adapters must pass.
func TestWhatUsersDoToday(t *testing.T) {
	if testing.Short() {
		t.Skip("it only prints a table for the docs; the other tests assert")
	}
	admin(t)
	patient := dbsql.Options{Patience: 3 * time.Second}
	w := tabwriter.NewWriter(os.Stderr, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "10 single-user rotations\tqueries\tfailed\tbackend reads")
	for _, row := range []struct {
		name string
		open func(*testing.T, *secretmux.Store) client
		ours bool
	}{
		{"a DSN read at start", atStart, false},
		{"BeforeConnect and Reset", beforeConnect, false},
		{"adapters/dbsql", func(t *testing.T, s *secretmux.Store) client { return overPgx(t, s, conns, short, patient) }, true},
		{"adapters/pgx", func(t *testing.T, s *secretmux.Store) client { return overPool(t, s, conns, short, patient) }, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			newRole(t, "app", "p0")
			vault, store := backend(t, document("app", "p0"))
			c := row.open(t, store)
			defer c.close()
			vault.ResetCalls()
			load := traffic.Start(t, workers, c.query)
			for i := range rotations {
				password := fmt.Sprint("p", i+1)
				time.Sleep(100 * time.Millisecond)
				do(t, "alter role app password '%s'", password)
				time.Sleep(60 * time.Millisecond)
				vault.Set(ref, document("app", password))
				if !row.ours {
					refresh(t, store) // as if it had been told at once
				}
				time.Sleep(100 * time.Millisecond)
			}
			result := load.Stop()
			_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\n", row.name, result.Queries, result.Failed, vault.Reads(ref))
			if row.ours {
				result.Want(t, 100)
			}
		})
	}
	_ = w.Flush()
}

// atStart is the way of most services.
func atStart(t *testing.T, store *secretmux.Store) client {
	s, err := store.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	password, err := s.Field("password")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", dsn("app", password.Reveal()))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxLifetime(short)
	return client{
		scan: func(ctx context.Context, query string) error {
			var n int
			return db.QueryRowContext(ctx, query).Scan(&n)
		},
		close: func() { _ = db.Close() },
	}
}

// beforeConnect is the way that the documentation of pgx suggests.
func beforeConnect(t *testing.T, store *secretmux.Store) client {
	cfg, err := pgxpool.ParseConfig(where())
	if err != nil {
		t.Fatal(err)
	}
	cfg.MaxConns, cfg.MaxConnLifetime = conns, short
	cfg.BeforeConnect = func(ctx context.Context, cc *pgx.ConnConfig) error {
		s, err := store.Get(ctx, ref)
		if err != nil {
			return err
		}
		password, err := s.Field("password")
		cc.User, cc.Password = "app", password.Reveal()
		return err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	stop, err := store.OnRotate(ref, func(context.Context, secretmux.Rotation) error { pool.Reset(); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return client{
		scan: func(ctx context.Context, query string) error {
			var n int
			return pool.QueryRow(ctx, query).Scan(&n)
		},
		close: func() { stop(); pool.Close() },
	}
}
