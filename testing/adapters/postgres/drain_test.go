package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/adapters/internal/traffic"
)

// rotateOften changes to another user and back every 20 ms.
func rotateOften(t *testing.T, wrap func(driver.Connector) driver.Connector, workers, conns int) traffic.Result {
	t.Helper()
	admin(t)
	newRole(t, "app", "p")
	newRole(t, "app_clone", "p")
	vault, store := backend(t, document("app", "p"))
	c := connector(t, store, dbsql.Options{Patience: time.Second})
	db := sql.OpenDB(wrap(c))
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	load := traffic.Start(t, workers, func(ctx context.Context) error {
		_, err := db.ExecContext(ctx, "select pg_sleep(0.002)")
		return err
	})
	for i := range 100 {
		time.Sleep(20 * time.Millisecond)
		vault.Set(ref, document([]string{"app_clone", "app"}[i%2], "p"))
		refresh(t, store)
	}
	result := load.Stop()
	t.Logf("100 rotations, %d workers on %d connections: %s, %+v", workers, conns, result, c.Stats())
	return result
}

func TestNoErrBadConnReachesTheApplication(t *testing.T) {
	for _, size := range []struct{ workers, conns int }{{64, 4}, {24, 16}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			rotateOften(t, func(c driver.Connector) driver.Connector { return c }, size.workers, size.conns).Want(t, 30)
		})
	}
}

// This shows that the test above can fail: without IsValid, a connection that was
// just returned is refused to the one that waits for it, and database/sql gives
// up after three.
func TestAWrapperWithoutIsValidFails(t *testing.T) {
	failed := 0
	for round := 0; failed == 0 && round < 5; round++ { // on a busy machine few queries run
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			wrap := func(c driver.Connector) driver.Connector { return withoutIsValid{c} }
			failed = rotateOften(t, wrap, 24, 16).Errors[driver.ErrBadConn.Error()]
		})
	}
	if failed == 0 {
		t.Error("no query failed with driver.ErrBadConn")
	}
}

type withoutIsValid struct{ driver.Connector }

func (w withoutIsValid) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return resetOnly{c}, nil
}

type resetOnly struct{ driver.Conn }

func (c resetOnly) ResetSession(ctx context.Context) error {
	return c.Conn.(driver.SessionResetter).ResetSession(ctx)
}

func (c resetOnly) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, q, args)
}

// Sessions of the old password are gone from the server within one use each.
func TestOldSessionsAreGoneWithinOneUseEach(t *testing.T) {
	const sessionsOpen = 16
	for name, open := range openers() {
		t.Run(name, func(t *testing.T) {
			admin(t)
			newRole(t, "app", "one")
			vault, store := backend(t, document("app", "one"))
			c := open(t, store, sessionsOpen, long, dbsql.Options{})
			defer c.close()
			useAll(t, c, sessionsOpen)
			do(t, "alter role app password 'two'")
			vault.Set(ref, document("app", "two"))
			refresh(t, store)
			changed := time.Now()
			time.Sleep(200 * time.Millisecond) // past the handover
			useAll(t, c, sessionsOpen)
			if !soon(func() bool { return sessions(t, "app", changed) == 0 }) { // one takes a moment to leave the list
				t.Errorf("%d sessions from before the rotation are left", sessions(t, "app", changed))
			}
			if got := c.stats(); got.Refused != 0 {
				t.Errorf("%+v, want nothing refused", got)
			}
		})
	}
}

// useAll holds n connections at once, each with one use.
func useAll(t *testing.T, c client, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := c.sleep(t.Context(), 150*time.Millisecond); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// A transaction that runs goes on with its old session, which ends with it.
func TestATransactionIsNotDisturbed(t *testing.T) {
	admin(t)
	newRole(t, "app", "one")
	vault, store := backend(t, document("app", "one"))
	c := connector(t, store, dbsql.Options{})
	db := sql.OpenDB(c)
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		do(t, "alter role app password 'p%d'", i)
		vault.Set(ref, document("app", fmt.Sprint("p", i)))
		refresh(t, store)
		if _, err := tx.ExecContext(t.Context(), "select 1"); err != nil {
			t.Error(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
	if got := c.Stats(); got.Open != 0 || got.Drained != 1 {
		t.Errorf("%+v, want it closed when it was returned", got)
	}
}

// The driver's own connection is in reach, with all that pgx can do.
func TestUnwrapGivesTheDriversConnection(t *testing.T) {
	admin(t)
	newRole(t, "app", "one")
	_, store := backend(t, document("app", "one"))
	db := sql.OpenDB(connector(t, store, dbsql.Options{}))
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	err = conn.Raw(func(c any) error {
		own, ok := dbsql.Unwrap(c).(*stdlib.Conn)
		if !ok {
			return errors.New("it is not pgx's")
		}
		return own.Conn().Ping(t.Context())
	})
	if err != nil {
		t.Error(err)
	}
}
