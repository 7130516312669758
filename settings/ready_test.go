package settings_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

type ready struct {
	Password secretmux.Secret
	Limit    int    `default:"7"`
	Proxy    string `optional:"true"`
}

type readyRig struct {
	*settings.Live[ready]
	store  *secretmux.Store
	memory *memory.Provider
	faults *faults.Injector
	told   atomic.Int32
}

func newReady(t *testing.T, opts secretmux.Options, secrets map[string]string) *readyRig {
	t.Helper()
	r := &readyRig{memory: memory.New(secrets), faults: faults.New(faults.Options{})}
	var err error
	r.store, err = secretmux.New(r.faults.Wrap(r.memory), opts)
	must(t, err)
	t.Cleanup(func() { _ = r.store.Close() })
	r.Live, err = settings.Watch[ready](t.Context(), r.store, settings.Options{OnError: func(error) { r.told.Add(1) }})
	must(t, err)
	t.Cleanup(r.Stop)
	synctest.Wait()
	return r
}

// An absent optional or defaulted field is never a failure, even after a long time.
func TestAbsentOptionalFieldsAreReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReady(t, secretmux.Options{}, map[string]string{"password": "x"})
		for range 10 {
			time.Sleep(10 * time.Minute)
			if err := errors.Join(r.store.Ready(), r.store.Check(t.Context()), r.Err()); err != nil {
				t.Fatal(err)
			}
		}
		if r.told.Load() != 0 {
			t.Error("OnError was called")
		}
	})
}

// A secret that appears or disappears changes the struct after a TTL, without a call.
func TestAppearedAndGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReady(t, secretmux.Options{}, map[string]string{"password": "x"})
		var fields atomic.Int32
		stop, err := r.OnChange(func(_ context.Context, c settings.Change[ready]) error {
			fields.Add(int32(len(c.Fields)))
			return nil
		})
		must(t, err)
		defer stop()
		r.memory.Set("limit", "9")
		r.memory.Set("proxy", "p")
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		if c := r.Current(); c.Limit != 9 || c.Proxy != "p" || fields.Load() != 2 {
			t.Errorf("%+v, %d fields told", c, fields.Load())
		}
		r.memory.Delete("limit")
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		if c := r.Current(); c.Limit != 7 || fields.Load() != 3 || r.Err() != nil {
			t.Errorf("%+v, %d fields told, %v", c, fields.Load(), r.Err())
		}
	})
}

// After a required secret was revoked, the store is not ready, and Err and OnError
// report it.
func TestARevokedSecretIsTold(t *testing.T) {
	for _, class := range []error{secretmux.ErrDenied, secretmux.ErrDisabled, secretmux.ErrNotFound} {
		synctest.Test(t, func(t *testing.T) {
			r := newReady(t, secretmux.Options{}, map[string]string{"password": "x"})
			r.faults.Inject(faults.Always(faults.Step{Err: class}, "password"))
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			if !errors.Is(r.store.Ready(), class) || !errors.Is(r.Err(), class) || r.told.Load() == 0 {
				t.Errorf("%v: Ready %v, Err %v, OnError %d times", class, r.store.Ready(), r.Err(), r.told.Load())
			}
			if r.Current().Password.Reveal() != "x" {
				t.Error("the old struct is gone")
			}
			r.faults.Heal()
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			if err := errors.Join(r.store.Ready(), r.Err()); err != nil {
				t.Errorf("%v: afterwards %v", class, err)
			}
		})
	}
}

// During an outage of hours with stale values allowed, the store stays ready and the
// outage is reported once.
func TestAnOutageIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReady(t, secretmux.Options{MaxStale: 24 * time.Hour}, map[string]string{"password": "x"})
		r.faults.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
		time.Sleep(150 * time.Minute)
		synctest.Wait()
		if err := r.store.Ready(); err != nil {
			t.Errorf("Ready = %v", err)
		}
		if !errors.Is(r.Err(), secretmux.ErrUnavailable) || r.told.Load() == 0 || r.told.Load() > 3 {
			t.Errorf("Err %v, OnError %d times; want it told once a secret", r.Err(), r.told.Load())
		}
		r.faults.Heal()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if err := r.Err(); err != nil {
			t.Errorf("afterwards %v", err)
		}
	})
}

// A failed callback is called again with the current struct, and Err reports it.
func TestAChangeThatFailsIsToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReady(t, secretmux.Options{}, map[string]string{"password": "1"})
		var calls atomic.Int32
		var last atomic.Value
		stop, err := r.OnChange(func(_ context.Context, c settings.Change[ready]) error {
			last.Store(c.Old.Password.Reveal() + ">" + c.New.Password.Reveal())
			if calls.Add(1) < 3 {
				return errors.New(canary)
			}
			return nil
		})
		must(t, err)
		r.memory.Set("password", "2")
		must(t, r.Refresh(t.Context()))
		synctest.Wait()
		noLeak(t, r.Err())
		if r.Err() == nil {
			t.Error("Err tells nothing of a callback that fails")
		}
		r.memory.Set("password", "3")
		must(t, r.Refresh(t.Context()))
		time.Sleep(time.Minute)
		synctest.Wait()
		if calls.Load() != 3 || last.Load() != "1>3" || r.Err() != nil {
			t.Errorf("%d calls, the last %v, %v", calls.Load(), last.Load(), r.Err())
		}
		stop()
		r.Stop()
		if _, err := r.OnChange(func(context.Context, settings.Change[ready]) error { return nil }); !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("OnChange after Stop: %v", err)
		}
	})
}

// With a negative NegativeTTL or TTL nothing is kept. A failing read must not make
// the Live read again and again.
func TestNoStormOfReloads(t *testing.T) {
	for _, opts := range []secretmux.Options{{NegativeTTL: -1}, {TTL: -1}} {
		synctest.Test(t, func(t *testing.T) {
			var reads atomic.Int64
			opts.Observer = func(e secretmux.Event) {
				if e.Kind == secretmux.EventLoad || e.Kind == secretmux.EventRefresh {
					reads.Add(1)
				}
			}
			r := newReady(t, opts, map[string]string{"password": "x"})
			r.faults.Inject(faults.Always(faults.Step{Err: secretmux.ErrDenied}))
			before := reads.Load()
			for range 10 {
				_, _ = r.store.Get(t.Context(), "password")
				time.Sleep(time.Second)
			}
			if n := reads.Load() - before; n > 200 {
				t.Errorf("%d calls in ten seconds", n)
			}
		})
	}
}

// A plain setting never reaches a link that only= keeps for secrets.
func TestPlainSettingsNeverReachTheCloud(t *testing.T) {
	cloud := memory.New(map[string]string{"db/password": "x"})
	plainSettings := memory.New(map[string]string{"level": "debug"})
	env := secretmux.Backend{"env": func(ctx context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		return plainSettings, u.Params().Done()
	}}
	store, err := secretmux.Open(t.Context(), "env:,memory:?only=db/*", env, cloud.Backend())
	must(t, err)
	defer store.Close()
	type config struct {
		Level    string
		Region   string           `default:"eu"`
		Password secretmux.Secret `secret:"db/password"`
	}
	got, err := settings.Load[config](t.Context(), store, settings.Options{})
	must(t, err)
	if got.Level != "debug" || got.Region != "eu" || got.Password.Reveal() != "x" {
		t.Errorf("%+v", got)
	}
	if n := cloud.Reads("level") + cloud.Reads("region"); n != 0 {
		t.Errorf("the cloud was asked for plain settings %d times", n)
	}
}
