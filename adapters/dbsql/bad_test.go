package dbsql_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/memory"
)

const canary = "Wq7mZr2kXv9pLt4s"

func TestBadInputAtConstruction(t *testing.T) {
	good := newDatabase("app", canary).build
	tests := map[string]struct {
		value string
		build dbsql.Build
		o     dbsql.Options
		want  error
	}{
		"nil build":         {"app:" + canary, nil, dbsql.Options{}, secretmux.ErrInvalid},
		"not a DSN":         {canary, good, dbsql.Options{}, secretmux.ErrInvalid},
		"negative patience": {"app:" + canary, good, dbsql.Options{Patience: -1}, secretmux.ErrInvalid},
		"negative margin":   {"app:" + canary, good, dbsql.Options{LeaseMargin: -0.1}, secretmux.ErrInvalid},
		"margin of a half":  {"app:" + canary, good, dbsql.Options{LeaseMargin: 0.5}, secretmux.ErrInvalid},
		"margin not a number": {
			"app:" + canary, good, dbsql.Options{LeaseMargin: math.NaN()}, secretmux.ErrInvalid,
		},
		"build panics": {"x", func(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
			panic("quotes " + canary)
		}, dbsql.Options{}, secretmux.ErrInvalid},
		"build returns nothing": {"x", func(context.Context, secretmux.Secret) (driver.Connector, error) {
			return nil, nil
		}, dbsql.Options{}, secretmux.ErrInvalid},
		"a document without the field": {`{"user":"` + canary + `"}`, func(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
			_, err := s.Field("password")
			return nil, err
		}, dbsql.Options{}, secretmux.ErrFieldNotFound},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			store := storeOf(t, memory.New(map[string]string{ref: tt.value}))
			c, err := dbsql.New(t.Context(), store, ref, tt.build, tt.o)
			if !errors.Is(err, tt.want) || c != nil {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			wantOurs(t, err)
			if st, _ := store.StatusOf(ref); st.Watched {
				t.Error("the secret is watched still")
			}
		})
	}
	t.Run("nil store", func(t *testing.T) {
		if _, err := dbsql.New(t.Context(), nil, ref, good, dbsql.Options{}); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("absent", func(t *testing.T) {
		_, err := dbsql.New(t.Context(), storeOf(t, memory.New(nil)), ref, good, dbsql.Options{})
		if !errors.Is(err, secretmux.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func storeOf(t *testing.T, p secretmux.Provider) *secretmux.Store {
	t.Helper()
	store, err := secretmux.New(p, secretmux.Options{TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// wantOurs checks that err is a *secretmux.Error that shows no canary.
func wantOurs(t *testing.T, err error) {
	t.Helper()
	if _, ok := err.(*secretmux.Error); !ok { //nolint:errorlint // this checks the outermost error
		t.Errorf("got a %T, want a *secretmux.Error", err)
	}
	conformance.NoLeak(t, err, canary)
}

func TestAValueThatCanNotBeUsedChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{Patience: time.Second})
		db := r.open(2)
		r.use(db, 2)
		r.vault.Set(ref, canary)
		_ = r.store.Refresh(t.Context(), ref)
		synctest.Wait()
		time.Sleep(time.Second)
		r.use(db, 2)
		if got := r.c.Stats(); got.Drained != 0 || got.Open != 2 {
			t.Errorf("%+v, want the connections to live on", got)
		}
		if err := r.connect(); err != nil {
			t.Errorf("a new connection with the value before: %v", err)
		}
		err := r.store.Check(t.Context())
		if err == nil {
			t.Error("Check tells nothing")
		}
		conformance.NoLeak(t, err, canary)

		r.db.set("app", "two")
		err = r.connect()
		if !errors.Is(err, secretmux.ErrUnauthenticated) || !strings.Contains(err.Error(), "can't be used") {
			t.Errorf("got %v, want ErrUnauthenticated that tells of the newer value", err)
		}
		wantOurs(t, err)

		r.vault.Set(ref, "app:two")
		time.Sleep(5 * time.Second) // the pause of Renew
		if err := r.connect(); err != nil {
			t.Errorf("after it was mended, which only a refused login finds out: %v", err)
		}
		time.Sleep(2 * time.Minute)
		if err := r.store.Check(t.Context()); err != nil {
			t.Errorf("Check still tells: %v", err)
		}
	})
}

// A build that fails for a while is called again without another change.
func TestBuildIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := newDatabase("app", "one")
		var broken atomic.Bool
		var builds atomic.Int64
		vault := memory.New(map[string]string{ref: "app:one"})
		store := storeOf(t, vault)
		c, err := dbsql.New(t.Context(), store, ref, func(ctx context.Context, s secretmux.Secret) (driver.Connector, error) {
			builds.Add(1)
			if broken.Load() {
				return nil, errors.New("no entropy")
			}
			return db.build(ctx, s)
		}, dbsql.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		broken.Store(true)
		vault.Set(ref, "app:two")
		_ = store.Refresh(t.Context(), ref)
		synctest.Wait()
		for range 50 {
			if conn, err := c.Connect(t.Context()); err == nil {
				_ = conn.Close()
			}
		}
		if n := builds.Load(); n > 3 {
			t.Errorf("%d builds: each login builds the value that can't be used", n)
		}
		broken.Store(false)
		db.set("app", "two")
		time.Sleep(2 * time.Minute)
		if conn, err := c.Connect(t.Context()); err != nil {
			t.Errorf("after two minutes: %v", err)
		} else {
			_ = conn.Close()
		}
	})
}

type numbered struct {
	Number  uint16
	Message string
}

func (e *numbered) Error() string { return e.Message }

// Drivers quote the DSN that they were given. The error leaves out their text, and
// errors.As finds the driver's error.
func TestDriverErrorsAreReplaced(t *testing.T) {
	tests := map[string]struct {
		err   error
		text  string
		class error
	}{
		"plain":    {fmt.Errorf("dial postgres://app:%s@host/db", canary), "the driver returned a *fmt.wrapError", nil},
		"code":     {&refusal{"53300", "too many connections for " + canary}, "SQLSTATE 53300", secretmux.ErrUnavailable},
		"bad code": {&refusal{canary, canary}, "*dbsql_test.refusal", nil},
		"number":   {fmt.Errorf("%s: %w", canary, &numbered{1040, canary}), "error 1040", nil},
		"errno": {
			fmt.Errorf("%s: %w", canary, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}),
			syscall.ECONNREFUSED.Error(), secretmux.ErrUnavailable,
		},
		"dns":    {&net.OpError{Op: "dial", Err: &net.DNSError{Name: canary, Err: "no such host"}}, "*net.DNSError", secretmux.ErrUnavailable},
		"closed": {fmt.Errorf("%s: %w", canary, io.ErrUnexpectedEOF), "closed the connection", secretmux.ErrUnavailable},
		"slow":   {fmt.Errorf("%s: %w", canary, context.DeadlineExceeded), "time limit has passed", secretmux.ErrUnavailable},
		"joined": {errors.Join(errors.New(canary), &numbered{1040, canary}), "error 1040", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, dbsql.Options{})
				r.db.down = fmt.Errorf("%s: %w", canary, tt.err)
				err := r.connect()
				if err == nil || !strings.Contains(err.Error(), tt.text) {
					t.Errorf("got %v, want the text to hold %q", err, tt.text)
				}
				if got := secretmux.ClassOf(err); !errors.Is(got, tt.class) {
					t.Errorf("class %v, want %v", got, tt.class)
				}
				if !errors.Is(err, tt.err) {
					t.Error("errors.Is does not find the driver's error")
				}
				wantOurs(t, err)
			})
		})
	}
}

// A program's own AuthError gets the driver's error, and a panic in it counts as no.
func TestAuthError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var saw error
		r := newRig(t, dbsql.Options{AuthError: func(err error) bool {
			saw = err
			panic("in AuthError")
		}})
		r.db.down = &numbered{1045, canary}
		err := r.connect()
		if saw != r.db.down { //nolint:errorlint // this checks for the same error
			t.Errorf("AuthError got a %T", saw)
		}
		if r.vault.Reads(ref) != 0 || errors.Is(err, secretmux.ErrUnauthenticated) {
			t.Errorf("%d reads, %v; want it taken for another error", r.vault.Reads(ref), err)
		}
		wantOurs(t, err)
	})
}
