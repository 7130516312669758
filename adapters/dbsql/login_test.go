package dbsql_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/memory"
)

func wantNoCanary(t *testing.T, err error) {
	t.Helper()
	conformance.NoLeak(t, err, canary)
}

// This client has a login of its own, without Build and without database/sql.
func TestLoginOfAnotherClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		vault := memory.New(map[string]string{ref: "one"})
		store := storeOf(t, vault)
		refusedErr := errors.New("WRONGPASS " + canary)
		l, err := dbsql.NewLogin(t.Context(), store, ref, nil, dbsql.Options{
			AuthError: func(err error) bool { return errors.Is(err, refusedErr) }, Patience: time.Second,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		password := "two"
		login := func(_ context.Context, s secretmux.Secret) error {
			if s.Reveal() != password {
				return refusedErr
			}
			return nil
		}
		vault.Set(ref, "two")
		if err := l.Do(t.Context(), login); err != nil {
			t.Error(err)
		}
		password = "three"
		err = l.Do(t.Context(), login)
		if !errors.Is(err, secretmux.ErrUnauthenticated) || !errors.Is(err, refusedErr) {
			t.Errorf("got %v, want ErrUnauthenticated over the client's own", err)
		}
		wantOurs(t, err)

		own := errors.New("a query failed")
		if err := l.Do(t.Context(), func(context.Context, secretmux.Secret) error { return own }); err != own { //nolint:errorlint // the error must be unchanged
			t.Errorf("got %v, want try's own error", err)
		}
	})
}

// use is called once for each value, one call at a time, even with many logins.
func TestUseIsCalledOnceForEachValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls, running atomic.Int64
		vault := memory.New(map[string]string{ref: "one"})
		store := storeOf(t, vault)
		l, err := dbsql.NewLogin(t.Context(), store, ref, func(context.Context, secretmux.Secret) error {
			if running.Add(1) > 1 {
				t.Error("two calls at a time")
			}
			time.Sleep(time.Millisecond)
			running.Add(-1)
			calls.Add(1)
			return nil
		}, dbsql.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		for range 3 {
			vault.Rotate(ref)
			if err := store.Refresh(t.Context(), ref); err != nil {
				t.Fatal(err)
			}
			for range 20 {
				go func() {
					_ = l.Do(t.Context(), func(_ context.Context, s secretmux.Secret) error { return nil })
				}()
			}
			time.Sleep(time.Second)
		}
		if got := calls.Load(); got != 4 {
			t.Errorf("%d calls for 4 values", got)
		}
	})
}

// A slow use delays logins no longer than their ctx.
func TestASlowUseDoesNotOutlastACtx(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		slow := func(ctx context.Context, s secretmux.Secret) (driver.Connector, error) {
			if s.Reveal() == "app:one" {
				return r.db.build(ctx, s)
			}
			<-ctx.Done()
			return nil, ctx.Err()
		}
		c, err := dbsql.New(t.Context(), r.store, ref, slow, dbsql.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		r.rotate("app:two")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err = c.Connect(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > time.Second {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
	})
}

// closable is a driver's connector that must be closed, like those of cloud dialers.
type closable struct {
	driver.Connector
	closed *int
}

func (c closable) Close() error { *c.closed++; return nil }

// A connection may need its connector for as long as it lives.
func TestAConnectorIsClosedAfterItsLastConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		closed := 0
		c, err := dbsql.New(t.Context(), r.store, ref, func(ctx context.Context, s secretmux.Secret) (driver.Connector, error) {
			inner, err := r.db.build(ctx, s)
			return closable{inner, &closed}, err
		}, dbsql.Options{})
		if err != nil {
			t.Fatal(err)
		}
		conn, err := c.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r.rotate("app:two")
		synctest.Wait()
		if closed != 0 {
			t.Error("closed under a connection")
		}
		for range 2 {
			_ = conn.Close()
		}
		if closed != 1 {
			t.Errorf("%d closed after the last connection of the first value, want 1", closed)
		}
		_ = c.Close()
		if closed != 2 {
			t.Errorf("%d closed after Close, want 2", closed)
		}
		if got := c.Stats(); got.Open != 0 || got.Old != 0 {
			t.Errorf("%+v", got)
		}
	})
}
