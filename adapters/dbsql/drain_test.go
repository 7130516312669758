package dbsql_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/adapters/dbsql"
)

func TestOldConnectionsAreClosedAtTheirNextUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		db := r.open(4)
		r.use(db, 4)
		busy, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		r.db.set("app", "two")
		r.rotate("app:two")
		synctest.Wait()
		if got := r.c.Stats(); got.Open != 4 || got.Old != 4 || got.Drained != 0 {
			t.Errorf("after the rotation: %+v, want 4 open, all old, none drained", got)
		}
		r.use(db, 3)
		if got := r.c.Stats(); got.Open != 4 || got.Old != 1 || got.Drained != 3 || r.db.open("one") != 1 {
			t.Errorf("after one use each: %+v and %d sessions of the old password, want the busy one only", got, r.db.open("one"))
		}
		if _, err := busy.ExecContext(t.Context(), "x"); err != nil {
			t.Errorf("the one in use: %v", err)
		}
		_ = busy.Close()
		if got := r.c.Stats(); got.Old != 0 || got.Drained != 4 || r.db.open("one") != 0 {
			t.Errorf("after it was returned: %+v and %d sessions of the old password", got, r.db.open("one"))
		}
		if _, refused := r.db.counts(); refused != 0 {
			t.Errorf("%d refused logins", refused)
		}
	})
}

// On its way from IsValid to a waiting caller, a connection may be used once more.
func TestHandover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		c, err := r.c.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if !c.(driver.Validator).IsValid() {
			t.Fatal("a fresh connection is not valid")
		}
		r.rotate("app:two")
		synctest.Wait()
		if err := c.(driver.SessionResetter).ResetSession(t.Context()); err != nil {
			t.Errorf("a moment after IsValid: %v", err)
		}
		time.Sleep(time.Second)
		if err := c.(driver.SessionResetter).ResetSession(t.Context()); !errors.Is(err, driver.ErrBadConn) {
			t.Errorf("a second after IsValid: %v, want ErrBadConn", err)
		}
		if c.(driver.Validator).IsValid() {
			t.Error("it may go back into the pool")
		}
		if got := r.c.Stats().Drained; got != 1 {
			t.Errorf("%d drained, want it counted once", got)
		}
	})
}

func TestKeepOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{KeepOld: true})
		db := r.open(2)
		r.use(db, 2)
		time.Sleep(time.Second)
		r.db.set("app", "two")
		r.rotate("app:two")
		synctest.Wait()
		r.use(db, 2)
		if got := r.c.Stats(); got.Open != 2 || got.Old != 2 || got.Drained != 0 {
			t.Errorf("%+v, want both to live on", got)
		}
	})
}

// database/sql gives up on ErrBadConn after three tries, and with a full pool the third
// is again a connection that was just returned.
func TestNoErrorReachesTheApplication(t *testing.T) {
	tests := map[string]struct {
		wrap func(driver.Connector) driver.Connector
		want func(failed, queries int) bool
	}{
		"with IsValid": {
			func(c driver.Connector) driver.Connector { return c },
			func(failed, queries int) bool { return failed == 0 && queries > 500 },
		},
		"a wrapper without IsValid fails": {
			func(c driver.Connector) driver.Connector { return withoutValidator{c} },
			func(failed, _ int) bool { return failed > 0 },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, dbsql.Options{Patience: time.Second})
				db := sql.OpenDB(tt.wrap(r.c))
				db.SetMaxOpenConns(16)
				db.SetMaxIdleConns(16)
				defer func() { _ = db.Close() }()
				failed, queries := r.load(db, 24, 25)
				if !tt.want(failed, queries) {
					t.Errorf("%d of %d queries failed with ErrBadConn", failed, queries)
				}
			})
		})
	}
}

// load rotates every 20 ms while workers run statements, and counts those that failed
// with ErrBadConn.
func (r *rig) load(db *sql.DB, workers, rotations int) (failed, queries int) {
	ctx, cancel := context.WithCancel(r.t.Context())
	var bad, all atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				_, err := db.ExecContext(context.WithoutCancel(ctx), "x")
				all.Add(1)
				if errors.Is(err, driver.ErrBadConn) {
					bad.Add(1)
				} else if err != nil {
					r.t.Error(err)
				}
			}
		})
	}
	for i := range rotations {
		time.Sleep(20 * time.Millisecond)
		user := fmt.Sprint("user", i%2) // alternating users: nothing is refused
		r.db.set(user, fmt.Sprint(i))
		r.rotate(fmt.Sprintf("%s:%d", user, i))
	}
	cancel()
	wg.Wait()
	return int(bad.Load()), int(all.Load())
}

// withoutValidator hides IsValid, and the tolerance of ResetSession that depends on it.
// It forwards the rest.
type withoutValidator struct{ driver.Connector }

func (w withoutValidator) Connect(ctx context.Context) (driver.Conn, error) {
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
