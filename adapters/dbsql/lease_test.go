package dbsql_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
)

// lease gives the secret a value that ends.
func (r *rig) lease(value string, life time.Duration) {
	r.t.Helper()
	r.vault.Put(ref, []byte(value), secretmux.Meta{Expires: time.Now().Add(life)})
	if err := r.store.Refresh(r.t.Context(), ref); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
}

func TestAConnectionEndsBeforeItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		r.lease("app:one", time.Hour)
		db := r.open(10)
		r.use(db, 10)
		start := time.Now()
		var ends []time.Duration
		for drained := uint64(0); drained < 10; {
			time.Sleep(10 * time.Second)
			r.use(db, 10)
			for ; drained < r.c.Stats().Drained; drained++ {
				ends = append(ends, time.Since(start))
			}
		}
		if first, last := ends[0], ends[9]; first < 48*time.Minute || last > 54*time.Minute+10*time.Second {
			t.Errorf("they ended between %s and %s, want 48 to 54 min of an hour", first, last)
		}
		if ends[9]-ends[0] < time.Minute {
			t.Error("they ended together")
		}
	})
}

// A renewal of a lease is the same content with a later end.
func TestARenewedLeaseGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		r.lease("app:one", time.Hour)
		db := r.open(1)
		r.use(db, 1)
		time.Sleep(40 * time.Minute)
		r.lease("app:one", time.Hour)
		time.Sleep(30 * time.Minute)
		r.use(db, 1)
		if got := r.c.Stats(); got.Drained != 0 {
			t.Errorf("%+v: it was closed at the end of the lease before the renewal", got)
		}
		time.Sleep(20 * time.Minute) // 90 of 100 minutes
		r.use(db, 1)
		if got := r.c.Stats(); got.Drained != 1 {
			t.Errorf("%+v: it was not closed at the end of the renewed lease", got)
		}
	})
}

func TestLeaseMargin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{LeaseMargin: 0.4, KeepOld: true})
		r.lease("app:one", time.Hour)
		db := r.open(1)
		r.use(db, 1)
		for i, want := range []uint64{0, 1} { // between 12 and 36 min
			time.Sleep(time.Duration(11+25*i) * time.Minute)
			r.use(db, 1)
			if got := r.c.Stats().Drained; got != want {
				t.Errorf("%d drained, want %d", got, want)
			}
		}
	})
}

// The value has ended already, for example because the backend is down. The database
// decides. A pool that reconnected at each use would make the outage worse.
func TestAnEndedValueIsTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		r.lease("app:one", -time.Minute)
		db := r.open(1)
		for range 3 {
			time.Sleep(time.Minute)
			r.use(db, 1)
		}
		if logins, _ := r.db.counts(); logins != 1 {
			t.Errorf("%d logins for 3 uses, want 1", logins)
		}
	})
}

// The lease ends during the login, so the connection is not used.
func TestALeaseThatEndsDuringTheLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		r.lease("app:one", time.Second)
		r.db.latency = 2 * time.Second
		c, err := r.c.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if _, err = c.(driver.ExecerContext).ExecContext(t.Context(), "x", nil); !errors.Is(err, driver.ErrBadConn) {
			t.Errorf("got %v, want ErrBadConn", err)
		}
	})
}

// A connection that was opened for a caller who gave up was never used. database/sql
// does not call ResetSession before its first use.
func TestAFreshConnectionThatWaitedPastItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		r.lease("app:one", time.Hour)
		c, err := r.c.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		time.Sleep(time.Hour)
		_, err = c.(driver.ExecerContext).ExecContext(t.Context(), "x", nil)
		if !errors.Is(err, driver.ErrBadConn) {
			t.Errorf("got %v, want ErrBadConn, so that database/sql takes another", err)
		}
	})
}

// Dynamic credentials: the role is dropped at the end of its lease.
func TestNothingRunsPastTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		r.db.set("role0", "p")
		r.lease("role0:p", 2*time.Second)
		db := r.open(8)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				for ctx.Err() == nil {
					if _, err := db.ExecContext(t.Context(), "x"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for i := range 5 {
			old, next := "role"+string(rune('0'+i)), "role"+string(rune('1'+i))
			time.Sleep(1900 * time.Millisecond)
			r.db.set(next, "p")
			r.lease(next+":p", 2*time.Second)
			time.Sleep(100 * time.Millisecond)
			r.db.drop(old)
		}
		cancel()
		wg.Wait()
	})
}
