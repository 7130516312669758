package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	pgxsecret "github.com/secretmux/secretmux/adapters/pgx"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/memory"
)

// poolOf opens a Pool of one connection for role app, whose password is one.
func poolOf(t *testing.T, o dbsql.Options, change func(*pgxpool.Config)) (*pgxsecret.Pool, *memory.Provider, *secretmux.Store) {
	t.Helper()
	admin(t)
	newRole(t, "app", "one")
	vault, store := backend(t, document("app", "one"))
	cfg, err := pgxpool.ParseConfig(where() + " pool_max_conns=1")
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(cfg)
	}
	p, err := pgxsecret.NewPool(t.Context(), store, ref, cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p, vault, store
}

// methods are the methods of a Pool that acquire a connection. Each leaves the
// pool's only connection released.
func methods() map[string]func(context.Context, *pgxsecret.Pool) error {
	return map[string]func(context.Context, *pgxsecret.Pool) error{
		"Acquire": func(ctx context.Context, p *pgxsecret.Pool) error {
			c, err := p.Acquire(ctx)
			if err == nil {
				c.Release()
			}
			return err
		},
		"AcquireFunc": func(ctx context.Context, p *pgxsecret.Pool) error {
			return p.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return c.Ping(ctx) })
		},
		"Exec": func(ctx context.Context, p *pgxsecret.Pool) error {
			_, err := p.Exec(ctx, "select 1")
			return err
		},
		"Query": func(ctx context.Context, p *pgxsecret.Pool) error {
			rows, err := p.Query(ctx, "select generate_series(1, 3)")
			got, collected := pgx.CollectRows(rows, pgx.RowTo[int])
			if err == nil && len(got) != 3 {
				return errors.New("want three rows")
			}
			return errors.Join(err, collected)
		},
		"QueryRow": func(ctx context.Context, p *pgxsecret.Pool) error {
			var n int
			return p.QueryRow(ctx, "select 1").Scan(&n)
		},
		"Begin": func(ctx context.Context, p *pgxsecret.Pool) error {
			return pgx.BeginFunc(ctx, p, func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, "select 1")
				return err
			})
		},
		"SendBatch": func(ctx context.Context, p *pgxsecret.Pool) error {
			b := &pgx.Batch{}
			b.Queue("select 1")
			b.Queue("select 2")
			results := p.SendBatch(ctx, b)
			_, err := results.Exec()
			return errors.Join(err, results.Close())
		},
		"SendBatch with a transaction": func(ctx context.Context, p *pgxsecret.Pool) error {
			b := &pgx.Batch{}
			b.BeginTx(pgx.TxOptions{})
			b.Queue("select 1")
			results := p.SendBatch(ctx, b)
			if err := results.Close(); err != nil {
				return err
			}
			return results.Tx().Commit(ctx)
		},
		"CopyFrom": func(ctx context.Context, p *pgxsecret.Pool) error {
			_, err := p.CopyFrom(ctx, pgx.Identifier{"copied"}, []string{"n"}, pgx.CopyFromRows([][]any{{1}, {2}}))
			return err
		},
		"Ping": func(ctx context.Context, p *pgxsecret.Pool) error { return p.Ping(ctx) },
	}
}

// After a rotation that the store has not seen yet, each method logs in again and
// releases its connection. If that does not help, each has the same error.
func TestEachMethodTriesARefusedLoginAgain(t *testing.T) {
	for name, call := range methods() {
		t.Run(name, func(t *testing.T) {
			p, vault, _ := poolOf(t, dbsql.Options{}, nil)
			do(t, "create table copied (n int); grant all on copied to app")
			t.Cleanup(func() { do(t, "drop table copied") })
			do(t, "alter role app password 'two'")
			vault.Set(ref, document("app", "two"))
			for range 3 { // with one connection, one that is not released ends it here
				if err := call(withTimeout(t, 10*time.Second), p); err != nil {
					t.Fatal(err)
				}
			}
			if got := p.Stats(); got.Refused != 1 || got.Dials != 2 {
				t.Errorf("%+v, want one refused login of two", got)
			}
			do(t, "alter role app password '%s'", canary)
			p.Pool().Reset()
			err := call(withTimeout(t, 10*time.Second), p)
			var answer *pgconn.PgError
			if !errors.Is(err, secretmux.ErrUnauthenticated) || !errors.As(err, &answer) || answer.Code != "28P01" {
				t.Errorf("got %v, want ErrUnauthenticated with 28P01", err)
			}
		})
	}
}

func TestRows(t *testing.T) {
	p, _, _ := poolOf(t, dbsql.Options{}, nil)
	ctx := withTimeout(t, 10*time.Second)
	var n int
	if err := p.QueryRow(ctx, "select 1 where false").Scan(&n); !errors.Is(err, pgx.ErrNoRows) {
		t.Errorf("no rows: %v", err)
	}
	if err := p.QueryRow(ctx, "select 'x'").Scan(&n); err == nil {
		t.Error("text was scanned into an int")
	}
	if err := p.QueryRow(ctx, "select 1").Scan(&pgtype.DriverBytes{}); err == nil {
		t.Error("bytes that are gone were scanned")
	}
	var answer *pgconn.PgError
	if err := p.QueryRow(ctx, "select 1/(2-n) from generate_series(1, 2) n").Scan(&n); !errors.As(err, &answer) || answer.Code != "22012" {
		t.Errorf("an error in the second row: %v", err)
	}
	rows, err := p.Query(ctx, "select nonsense")
	if !errors.As(err, &answer) || answer.Code != "42703" || rows == nil {
		t.Errorf("a query that fails: %v, %v", rows, err)
	}
	if _, ours := err.(*secretmux.Error); ours { //nolint:errorlint // the outermost is meant
		t.Error("a query's error is not pgx's own")
	}
	if err := p.Ping(ctx); err != nil {
		t.Errorf("a connection was not released: %v", err)
	}
}

// A rotation with a rolled back and a failed batch in a transaction.
func TestBatchTransactionReleases(t *testing.T) {
	p, _, _ := poolOf(t, dbsql.Options{}, nil)
	for _, sql := range []string{"select 1", "select nonsense"} {
		b := &pgx.Batch{}
		b.BeginTx(pgx.TxOptions{})
		b.Queue(sql)
		results := p.SendBatch(withTimeout(t, 10*time.Second), b)
		_ = results.Close()
		_ = results.Tx().Rollback(t.Context())
		if err := p.Ping(withTimeout(t, time.Second)); err != nil {
			t.Fatalf("after %s: %v", sql, err)
		}
	}
}

// The user's hooks run, and the deprecated one is not lost.
func TestTheUsersHooksRun(t *testing.T) {
	var calls []string
	p, _, _ := poolOf(t, dbsql.Options{}, func(cfg *pgxpool.Config) {
		cfg.ConnConfig.AfterConnect = func(context.Context, *pgconn.PgConn) error { calls = append(calls, "connected"); return nil }
		cfg.BeforeConnect = func(_ context.Context, cc *pgx.ConnConfig) error {
			calls = append(calls, "before")
			cc.User = "nobody" // the secret's comes last
			return nil
		}
		cfg.AfterConnect = func(context.Context, *pgx.Conn) error { calls = append(calls, "after"); return nil }
		acquire := func(context.Context, *pgx.Conn) bool { calls = append(calls, "acquire"); return true }
		cfg.BeforeAcquire = acquire //nolint:staticcheck // users have it
	})
	if err := p.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"before", "connected", "after", "acquire"}
	if len(calls) != len(want) {
		t.Fatalf("calls %q, want %q", calls, want)
	}
	for i := range want {
		if calls[i] != want[i] {
			t.Errorf("calls %q, want %q", calls, want)
		}
	}
}

// A value that can't be used keeps the pool as it is.
func TestAPoolRefusesAValueThatCanNotBeUsed(t *testing.T) {
	p, vault, store := poolOf(t, dbsql.Options{}, nil)
	if err := p.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	vault.Set(ref, canary)
	refresh(t, store)
	time.Sleep(100 * time.Millisecond)
	if err := p.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	p.Pool().Reset()
	if err := p.Ping(t.Context()); err != nil {
		t.Errorf("a new connection with the value before: %v", err)
	}
	err := store.Check(t.Context())
	if err == nil {
		t.Error("Check tells nothing")
	}
	conformance.NoLeak(t, err, canary)
}

func TestKeepOldPool(t *testing.T) {
	p, vault, store := poolOf(t, dbsql.Options{KeepOld: true}, nil)
	pid := func() (n int) {
		if err := p.QueryRow(t.Context(), "select pg_backend_pid()").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := pid()
	do(t, "alter role app password 'two'")
	vault.Set(ref, document("app", "two"))
	refresh(t, store)
	time.Sleep(100 * time.Millisecond)
	if pid() != before {
		t.Error("the connection was closed")
	}
}

// This DSN has all settings, so it needs no config.
func TestADSNAlone(t *testing.T) {
	admin(t)
	newRole(t, "app", "one")
	vault, store := backend(t, dsn("app", "one")+"&pool_max_conns=3\n")
	p, err := pgxsecret.NewPool(t.Context(), store, ref, nil, dbsql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if got := p.Pool().Config().MaxConns; got != 3 {
		t.Errorf("MaxConns %d, want the DSN's 3", got)
	}
	if err := p.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	do(t, "alter role app password 'two'")
	vault.Set(ref, dsn("app", "two"))
	p.Pool().Reset()
	if err := p.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}
