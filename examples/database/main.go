// Database rotates a password ten times while a pool works, first in the database and
// a moment later in the secret. No query fails, and nothing restarts.
//
//	go run ./examples/database
//	DATABASE_HOST=127.0.0.1 DATABASE_USER=postgres DATABASE_PASSWORD=... go run ./examples/database
//
// The first needs no server: its database is in the process. The second uses a
// PostgreSQL. It logs in as a user that may create roles, works with a role of its own,
// and drops this role at the end. DATABASE_PORT, DATABASE_NAME and DATABASE_SSLMODE have
// the other settings.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/providers/local"
)

// database has the functions that the example needs.
type database interface {
	// build makes the driver's connector from the secret, which is user:password.
	build() dbsql.Build
	// setPassword changes the password of the user that the secret names.
	setPassword(ctx context.Context, password string) error
	user() string
	close(ctx context.Context) error
}

const (
	rotations = 10
	workers   = 16
	conns     = 4
	apart     = 60 * time.Millisecond // between the two changes
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // the process ends: stop has nothing to undo
	}
}

func run(ctx context.Context) (err error) {
	d, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close(context.WithoutCancel(ctx))) }()
	folder, err := os.MkdirTemp("", "secretmux-database-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := change(ctx, d, folder, 0); err != nil {
		return err
	}
	at := (&url.URL{Path: filepath.ToSlash(folder)}).EscapedPath()
	store, err := secretmux.Open(ctx, "file://"+at+"?ttl=5m", local.Backend())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return rotateUnderLoad(ctx, d, store, folder)
}

// rotateUnderLoad is a service at work, and the rotations that happen meanwhile.
func rotateUnderLoad(ctx context.Context, d database, store *secretmux.Store, folder string) error {
	reads := countReads(store)
	connector, err := dbsql.New(ctx, store, "db", d.build(), dbsql.Options{Patience: 5 * time.Second})
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector) // from here on an ordinary pool
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxLifetime(300 * time.Millisecond) // so that logins happen all the time

	load := startLoad(ctx, db)
	for i := range rotations {
		if err := pause(ctx, 250*time.Millisecond); err != nil {
			break
		}
		if err := change(ctx, d, folder, i+1); err != nil {
			return errors.Join(err, load.stop())
		}
		fmt.Printf("rotation %2d: %d queries so far, %d failed\n", i+1, load.queries.Load(), load.failed.Load())
	}
	err = load.stop()
	s := connector.Stats()
	fmt.Printf("\n%d queries on %d connections, %d failed\n", load.queries.Load(), conns, load.failed.Load())
	fmt.Printf("%d reads of the secret, %d reconnects, %d logins refused and tried again, %d connections of an old value closed\n",
		reads.Load(), s.Dials-s.Refused, s.Refused, s.Drained)
	return err
}

// change changes the password in the database and then in the secret, like a rotation of
// a single user. The first call changes both together.
func change(ctx context.Context, d database, folder string, n int) error {
	password := fmt.Sprintf("password-%d", n)
	if err := d.setPassword(ctx, password); err != nil {
		return err
	}
	if n > 0 {
		if err := pause(ctx, apart); err != nil {
			return err
		}
	}
	next := filepath.Join(folder, ".next")
	if err := os.WriteFile(next, []byte(d.user()+":"+password), 0o600); err != nil {
		return err
	}
	return os.Rename(next, filepath.Join(folder, "db"))
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
