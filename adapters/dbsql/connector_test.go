package dbsql_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
)

func TestANewConnectionUsesTheNewestValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		for _, password := range []string{"two", "three"} {
			r.db.set("app", password)
			r.rotate("app:" + password)
			if err := r.connect(); err != nil {
				t.Errorf("with %s: %v", password, err)
			}
		}
		if logins, refused := r.db.counts(); logins != 2 || refused != 0 {
			t.Errorf("%d logins, %d refused, want 2 and 0", logins, refused)
		}
	})
}

// If the value is replaced during a login, the connection is dropped.
func TestARotationDuringTheLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		r.db.set("app_clone", "two")
		r.db.latency = time.Second
		time.AfterFunc(500*time.Millisecond, func() { r.rotate("app_clone:two") })
		c, err := r.c.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if got := r.c.Stats(); got.Old != 0 || r.db.open("one") != 0 || r.db.open("two") != 1 {
			t.Errorf("%+v, %d sessions of the old value, %d of the new one", got, r.db.open("one"), r.db.open("two"))
		}
	})
}

// The database and the backend have another password. The store does not know it yet.
func TestARefusedLoginReadsTheSecretOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		r.db.set("app", "two")
		r.vault.Set(ref, "app:two")
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if err := r.connect(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		logins, _ := r.db.counts()
		if reads := r.vault.Reads(ref); reads != 1 || logins != 200 {
			t.Errorf("%d reads and %d logins, want 1 and 200", reads, logins)
		}
		want := dbsql.Stats{Dials: 200, Refused: 100, Retries: 100, Refreshes: 100}
		if got := r.c.Stats(); got != want {
			t.Errorf("stats %+v, want %+v", got, want)
		}
	})
}

func TestWithoutPatienceOneRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		r.db.set("app", "three")
		r.vault.Set(ref, "app:two")
		start := time.Now()
		err := r.connect()
		if !errors.Is(err, secretmux.ErrUnauthenticated) {
			t.Errorf("got %v, want ErrUnauthenticated", err)
		}
		if logins, _ := r.db.counts(); logins != 2 {
			t.Errorf("%d logins, want 2", logins)
		}
		if took := time.Since(start); took > 10*time.Millisecond {
			t.Errorf("it took %s", took)
		}
	})
}

// A backend that has another value each time it is asked does not keep a login busy.
func TestOneRetryOnlyWhateverTheBackendSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		store := storeOf(t, secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
			n++
			return secretmux.NewSecret(fmt.Appendf(nil, "app:%d", n), secretmux.Meta{}), nil
		}))
		db := newDatabase("app", "never")
		c, err := dbsql.New(t.Context(), store, ref, db.build, dbsql.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		_, err = c.Connect(t.Context())
		if logins, _ := db.counts(); !errors.Is(err, secretmux.ErrUnauthenticated) || logins != 2 {
			t.Errorf("got %v after %d logins, want ErrUnauthenticated after 2", err, logins)
		}
	})
}

// A refusal of the previous value says nothing about the new one.
func TestARefusalOfTheValueBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{Patience: 5 * time.Second})
		r.db.latency = time.Second
		var wg sync.WaitGroup
		wg.Go(func() { _ = r.connect() }) // with the value before
		time.Sleep(999 * time.Millisecond)
		r.db.set("app", "two")
		r.rotate("app:two")
		time.Sleep(2 * time.Millisecond) // the previous value was refused in the meantime
		start := time.Now()
		if err := r.connect(); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("a login with the new value took %s, want 1 s", took)
		}
		wg.Wait()
	})
}

func TestPatience(t *testing.T) {
	tests := map[string]struct{ first, second func(*rig) }{
		"database first": {
			first:  func(r *rig) { r.db.set("app", "two") },
			second: func(r *rig) { r.vault.Set(ref, "app:two") },
		},
		"secret first": {
			first:  func(r *rig) { r.rotate("app:two") },
			second: func(r *rig) { r.db.set("app", "two") },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, dbsql.Options{Patience: 3 * time.Second})
				tt.first(r)
				r.vault.ResetCalls()
				time.AfterFunc(500*time.Millisecond, func() { tt.second(r) })
				start := time.Now()
				if err := r.connect(); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took < 500*time.Millisecond || took > 1300*time.Millisecond {
					t.Errorf("it took %s, want half a second and at most two steps", took)
				}
				if reads := r.vault.Reads(ref); reads > 4 {
					t.Errorf("%d reads", reads)
				}
			})
		})
	}
}

// Databases lock accounts after some failed logins, so waiting logins share the tries.
func TestAllThatWaitShareTheTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{Patience: 5 * time.Second})
		r.db.set("app", "two")
		time.AfterFunc(3*time.Second, func() { r.vault.Set(ref, "app:two") })
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				if err := r.connect(); err != nil {
					t.Error(err)
				}
			})
			if i == 0 {
				time.Sleep(10 * time.Millisecond) // it learns that the value is refused
			}
		}
		wg.Wait()
		if _, refused := r.db.counts(); refused > 15 {
			t.Errorf("%d refused logins, want at most one for each step of 400 ms", refused)
		}
	})
}

// The value was refused and is accepted again: the account was unlocked.
func TestAcceptedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{Patience: 5 * time.Second})
		r.db.set("app", "another")
		time.AfterFunc(2*time.Second, func() { r.db.set("app", "one") })
		ends := make(chan time.Time, 50)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if err := r.connect(); err != nil {
					t.Error(err)
				}
				ends <- time.Now()
			})
		}
		wg.Wait()
		first, last := <-ends, time.Now()
		if took := last.Sub(first); took > 10*time.Millisecond {
			t.Errorf("the last one was in %s after the first, want it told at once", took)
		}
	})
}

func TestAPasswordThatStaysWrong(t *testing.T) {
	for _, patience := range []time.Duration{0, 2 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, dbsql.Options{Patience: patience})
			r.db.set("app", "two")
			var wg sync.WaitGroup
			for range 200 {
				wg.Go(func() {
					err := r.connect()
					var coded interface{ SQLState() string }
					if !errors.Is(err, secretmux.ErrUnauthenticated) || !errors.As(err, &coded) || coded.SQLState() != "28P01" {
						t.Errorf("got %v, want ErrUnauthenticated with the driver's 28P01", err)
					}
				})
				time.Sleep(50 * time.Millisecond)
			}
			wg.Wait()
			if reads := r.vault.Reads(ref); reads > 8 {
				t.Errorf("patience %s: %d reads in ten seconds, want at most 8", patience, reads)
			}
		})
	}
}

func TestTheEndOfWaiting(t *testing.T) {
	tests := map[string]struct {
		end  func(r *rig, cancel func())
		want error
	}{
		"ctx":   {func(_ *rig, cancel func()) { cancel() }, context.Canceled},
		"close": {func(r *rig, _ func()) { _ = r.c.Close() }, secretmux.ErrClosed},
		"store": {func(r *rig, _ func()) { _ = r.store.Close() }, secretmux.ErrUnauthenticated},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, dbsql.Options{Patience: time.Minute})
				r.db.set("app", "two")
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var ended time.Time
				time.AfterFunc(2345*time.Millisecond, func() {
					ended = time.Now()
					tt.end(r, cancel)
				})
				_, err := r.c.Connect(ctx)
				if !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				if took := time.Since(ended); name != "store" && took > 50*time.Millisecond {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

func TestAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, dbsql.Options{})
		db := r.open(1)
		r.use(db, 1)
		for range 2 {
			if err := r.c.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := r.connect(); !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
		if r.c.Driver() == nil || db.Driver() == nil {
			t.Error("no driver")
		}
		if st, ok := r.store.StatusOf(ref); ok && st.Watched {
			t.Error("the secret is still watched")
		}
	})
}
