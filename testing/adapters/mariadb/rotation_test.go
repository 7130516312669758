package mariadb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/adapters/internal/traffic"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/memory"
)

const (
	ref       = "db/app"
	canary    = "Yp5vQ8nWx2mKr7Lt"
	rotations = 10
	workers   = 32
	conns     = 8
)

// build and refused are all that MySQL and MariaDB need. docs/databases.md has them.
func build(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
	cfg, err := mysql.ParseDSN(s.Reveal())
	if err != nil {
		return nil, err
	}
	return mysql.NewConnector(cfg)
}

func refused(err error) bool {
	var answer *mysql.MySQLError
	return errors.As(err, &answer) && answer.Number == 1045
}

func dsn(user, password string) string { return config(user, password).FormatDSN() }

func open(t *testing.T, value string, patience time.Duration) (*dbsql.Connector, *memory.Provider, *secretmux.Store) {
	t.Helper()
	vault := memory.New(map[string]string{ref: value})
	store, err := secretmux.New(vault, secretmux.Options{TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	c, err := dbsql.New(t.Context(), store, ref, build, dbsql.Options{AuthError: refused, Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	vault.ResetCalls()
	return c, vault, store
}

func pool(t *testing.T, c driver.Connector, lifetime time.Duration) *sql.DB {
	db := sql.OpenDB(c)
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxLifetime(lifetime)
	return db
}

func one(db *sql.DB) func(context.Context) error {
	return func(ctx context.Context) error {
		var n int
		return db.QueryRowContext(ctx, "select 1").Scan(&n)
	}
}

func TestSingleUserRotations(t *testing.T) {
	admin(t)
	newUser(t, "app", "p0")
	c, vault, _ := open(t, dsn("app", "p0"), 3*time.Second)
	load := traffic.Start(t, workers, one(pool(t, c, 50*time.Millisecond)))
	for i := range rotations {
		time.Sleep(100 * time.Millisecond)
		do(t, "alter user app identified by 'p%d'", i+1)
		time.Sleep(60 * time.Millisecond)
		vault.Set(ref, dsn("app", fmt.Sprint("p", i+1)))
		time.Sleep(150 * time.Millisecond)
	}
	result := load.Stop()
	result.Want(t, 100)
	reads, stats := vault.Reads(ref), c.Stats()
	t.Logf("%d rotations: %s, %d reads, %+v", rotations, result, reads, stats)
	if reads >= 4*rotations || stats.Refused == 0 {
		t.Errorf("want fewer than 4 reads a rotation, and refused logins")
	}
}

func TestAlternatingUserRotations(t *testing.T) {
	admin(t)
	newUser(t, "app", "p0")
	newUser(t, "app_clone", "p0")
	c, vault, store := open(t, dsn("app", "p0"), 0)
	load := traffic.Start(t, workers, one(pool(t, c, time.Hour)))
	for i := range rotations {
		user, old := "app_clone", "app"
		if i%2 == 1 {
			user, old = old, user
		}
		do(t, "alter user %s identified by 'p%d'", user, i+1)
		vault.Set(ref, dsn(user, fmt.Sprint("p", i+1)))
		if err := store.Refresh(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(10 * time.Second)
		for connections(t, user) == 0 || connections(t, old) > 0 {
			if time.Sleep(20 * time.Millisecond); time.Now().After(deadline) {
				t.Fatalf("rotation %d: %d connections of the new user, %d of the old one", i, connections(t, user), connections(t, old))
			}
		}
	}
	result := load.Stop()
	result.Want(t, 100)
	t.Logf("%d rotations: %s, %+v", rotations, result, c.Stats())
	if got := c.Stats(); got.Refused != 0 || got.Refreshes != 0 {
		t.Errorf("%+v, want nothing refused", got)
	}
}

// mysql.ParseDSN quotes what it can't parse: "default addr for network 'u:...' unknown".
func TestADSNThatDoesNotParse(t *testing.T) {
	admin(t)
	for _, value := range []string{canary, "app:" + canary + "/db", "app:" + canary + "@tcp(127.0.0.1)", canary + ":p@tcp(h)/db?timeout=" + canary} {
		vault := memory.New(map[string]string{ref: value})
		store, err := secretmux.New(vault, secretmux.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, own := build(t.Context(), secretmux.NewSecret([]byte(value), secretmux.Meta{}))
		_, err = dbsql.New(t.Context(), store, ref, build, dbsql.Options{AuthError: refused})
		if !errors.Is(err, secretmux.ErrInvalid) || own == nil {
			t.Errorf("got %v, want ErrInvalid; the driver's own error: %t", err, own != nil)
		}
		conformance.NoLeak(t, err, canary)
		_ = store.Close()
	}
}

func TestARefusedLogin(t *testing.T) {
	admin(t)
	newUser(t, "app", "one")
	c, vault, _ := open(t, dsn("app", canary), 0)
	_, err := c.Connect(t.Context())
	var answer *mysql.MySQLError
	if !errors.Is(err, secretmux.ErrUnauthenticated) || !errors.As(err, &answer) || !strings.Contains(err.Error(), "1045") {
		t.Errorf("got %v, want ErrUnauthenticated with 1045", err)
	}
	conformance.NoLeak(t, err, canary)
	if vault.Reads(ref) != 1 {
		t.Errorf("%d reads, want 1", vault.Reads(ref))
	}
}

// MySQL's driver checks arguments and runs statements through its connection.
func TestTheDriversOwnTypesPass(t *testing.T) {
	admin(t)
	newUser(t, "app", "one")
	c, _, _ := open(t, dsn("app", "one"), 0)
	db := pool(t, c, time.Hour)
	var n uint64
	if err := db.QueryRowContext(t.Context(), "select cast(? as unsigned)", uint64(1<<63)).Scan(&n); err != nil || n != 1<<63 {
		t.Errorf("got %d, %v: CheckNamedValue was lost", n, err)
	}
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelSerializable})
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
}
