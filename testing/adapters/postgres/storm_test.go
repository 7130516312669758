package postgres

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	pgxsecret "github.com/secretmux/secretmux/adapters/pgx"
	"github.com/secretmux/secretmux/testing/conformance"
)

const canary = "Zk8wQ2mXr5vTn7Lp"

// connector returns a connector over pgx, whose Connect is called without a pool.
func connector(t *testing.T, store *secretmux.Store, o dbsql.Options) *dbsql.Connector {
	t.Helper()
	cfg, err := pgx.ParseConfig(where())
	if err != nil {
		t.Fatal(err)
	}
	c, err := pgxsecret.Connector(t.Context(), store, ref, cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func connect(ctx context.Context, c *dbsql.Connector) error {
	conn, err := c.Connect(ctx)
	if err != nil {
		return err
	}
	return conn.Close()
}

// The password has changed, in the database and in the backend, and the store does not
// know it yet.
func TestAHundredConnectsAgainstAChangedPassword(t *testing.T) {
	admin(t)
	newRole(t, "app", "one")
	vault, store := backend(t, document("app", "one"))
	c := connector(t, store, dbsql.Options{})
	do(t, "alter role app password 'two'")
	vault.Set(ref, document("app", "two"))
	vault.ResetCalls()
	var wg sync.WaitGroup
	var failed atomic.Int64
	for range 100 {
		wg.Go(func() {
			if err := connect(t.Context(), c); err != nil {
				failed.Add(1)
				t.Log(err)
			}
		})
	}
	wg.Wait()
	reads, dials := vault.Reads(ref), c.Stats().Dials
	t.Logf("100 connects: %d failed, %d reads, %d dials", failed.Load(), reads, dials)
	if failed.Load() != 0 || reads > 2 || dials > 200 {
		t.Errorf("want none failed, at most 2 reads and 200 dials")
	}
}

func TestAPasswordThatStaysWrong(t *testing.T) {
	admin(t)
	newRole(t, "app", canary+"-one")
	vault, store := backend(t, document("app", canary+"-two"))
	c := connector(t, store, dbsql.Options{})
	before := runtime.NumGoroutine()
	vault.ResetCalls()
	start := time.Now()
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			err := connect(t.Context(), c)
			var answer *pgconn.PgError
			if !errors.As(err, &answer) || answer.Code != "28P01" || !errors.Is(err, secretmux.ErrUnauthenticated) {
				t.Errorf("got %v, want ErrUnauthenticated with 28P01", err)
			}
			conformance.NoLeak(t, err, canary)
		})
		time.Sleep(50 * time.Millisecond)
	}
	wg.Wait()
	reads := vault.Reads(ref)
	t.Logf("200 connects in %s: %d reads, %+v", time.Since(start).Round(time.Millisecond), reads, c.Stats())
	if reads > 8 {
		t.Errorf("%d reads, want at most 8", reads)
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// A storm of failed logins ends in locked accounts. While all logins wait, they share
// the tries.
func TestThoseThatWaitShareTheTries(t *testing.T) {
	admin(t)
	newRole(t, "app", "one")
	_, store := backend(t, document("app", "two"))
	c := connector(t, store, dbsql.Options{Patience: 2 * time.Second})
	_ = connect(withTimeout(t, 100*time.Millisecond), c) // learns of the refusal
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { _ = connect(t.Context(), c) })
	}
	wg.Wait()
	t.Logf("100 connects for 2 s: %+v", c.Stats())
	if got := c.Stats().Refused; got > 15 {
		t.Errorf("%d refused logins, want one for each step", got)
	}
}

func withTimeout(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestTheEndOfACtxEndsPatience(t *testing.T) {
	admin(t)
	newRole(t, "app", canary+"-one")
	_, store := backend(t, document("app", canary+"-two"))
	c := connector(t, store, dbsql.Options{Patience: time.Minute})
	cfg, err := pgxpool.ParseConfig(where())
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxsecret.NewPool(t.Context(), store, ref, cfg, dbsql.Options{Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	for name, wait := range map[string]func(context.Context) error{
		"connector": func(ctx context.Context) error { return connect(ctx, c) },
		"pool":      pool.Ping,
	} {
		for _, after := range []time.Duration{10 * time.Millisecond, 100 * time.Millisecond, 1234 * time.Millisecond} {
			ctx, cancel := context.WithCancel(t.Context())
			var ended atomic.Int64
			time.AfterFunc(after, func() { ended.Store(time.Now().UnixNano()); cancel() })
			err := wait(ctx)
			took := time.Duration(time.Now().UnixNano() - ended.Load())
			if !errors.Is(err, context.Canceled) || took > 50*time.Millisecond {
				t.Errorf("%s after %s: %v, %s after the end, want context.Canceled within 50 ms", name, after, err, took)
			}
			conformance.NoLeak(t, err, canary)
		}
	}
}

// NOLOGIN and a role that is gone are refused logins, too.
func TestWhatPostgresCallsARefusedLogin(t *testing.T) {
	admin(t)
	for name, refuse := range map[string]string{
		"28P01: password": "alter role app password 'other'",
		"28000: nologin":  "alter role app nologin",
		"28P01: dropped":  "drop role app",
		"28P01: expired":  "alter role app valid until '2001-01-01'",
	} {
		t.Run(name, func(t *testing.T) {
			newRole(t, "app", "one")
			_, store := backend(t, document("app", "one"))
			c := connector(t, store, dbsql.Options{})
			do(t, "%s", refuse)
			err := connect(t.Context(), c)
			code, _, _ := strings.Cut(name, ":")
			if !errors.Is(err, secretmux.ErrUnauthenticated) || !strings.Contains(err.Error(), code) {
				t.Errorf("got %v, want ErrUnauthenticated with %s", err, code)
			}
		})
	}
	t.Run("a missing database is not one", func(t *testing.T) {
		newRole(t, "app", "one")
		vault, store := backend(t, dsn("app", "one")+"&dbname=absent")
		c, err := pgxsecret.Connector(t.Context(), store, ref, nil, dbsql.Options{Patience: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		vault.ResetCalls()
		err = connect(t.Context(), c)
		if errors.Is(err, secretmux.ErrUnauthenticated) || !strings.Contains(err.Error(), "3D000") || vault.Reads(ref) != 0 {
			t.Errorf("got %v after %d reads, want 3D000 at once", err, vault.Reads(ref))
		}
	})
}

// BenchmarkLogin measures the cost of each connection of a drained pool, which is
// mostly SCRAM.
func BenchmarkLogin(b *testing.B) {
	admin(b)
	newRole(b, "app", "one")
	for b.Loop() {
		conn, err := pgx.Connect(b.Context(), dsn("app", "one"))
		if err != nil {
			b.Fatal(err)
		}
		_ = conn.Close(b.Context())
	}
}
