package settings_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-playground/validator/v10"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
	"github.com/secretmux/secretmux/testing/faults"
)

type watched struct {
	Creds struct {
		User     string           `secret:"user"`
		Password secretmux.Secret `secret:"password" validate:"min=3"`
	} `prefix:"db/creds#"`
	Limit int    `default:"7"`
	Name  string `secret:"name"`
}

func pair(n string) string { return `{"user":"u` + n + `","password":"pw` + n + `"}` }

// watchRig is a rig with a Live, and a log of its reports.
type watchRig struct {
	*rig
	live   *settings.Live[watched]
	mu     sync.Mutex
	diary  []string
	errors []error
}

func newWatch(t *testing.T) *watchRig {
	t.Helper()
	w := &watchRig{rig: newRig(t, map[string]string{"db/creds": pair("1"), "name": "n1"})}
	c, err := settings.Watch[watched](t.Context(), w.store, settings.Options{OnError: func(err error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.errors = append(w.errors, err)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	w.live = c
	w.OnChange(t, func(ch settings.Change[watched]) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.diary = append(w.diary, fmt.Sprint(ch.Old.Creds.User, ">", ch.New.Creds.User, " ", ch.Fields))
		return nil
	})
	synctest.Wait()
	return w
}

func (w *watchRig) Get() *watched                     { return w.live.Current() }
func (w *watchRig) Err() error                        { return w.live.Err() }
func (w *watchRig) Stop()                             { w.live.Stop() }
func (w *watchRig) Refresh(ctx context.Context) error { return w.live.Refresh(ctx) }

// OnChange is the Live's, for callbacks that need no ctx.
func (w *watchRig) OnChange(t *testing.T, fn func(settings.Change[watched]) error) (stop func()) {
	t.Helper()
	stop, err := w.live.OnChange(func(_ context.Context, ch settings.Change[watched]) error { return fn(ch) })
	if err != nil {
		t.Fatal(err)
	}
	return stop
}

func (w *watchRig) wants(t *testing.T, diary ...string) {
	t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.diary, diary) {
		t.Errorf("told %q, want %q", w.diary, diary)
	}
}

func (w *watchRig) failures() []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.errors)
}

// rotate lets the background refresh find a new value.
func (w *watchRig) rotate(name, value string) {
	w.memory.Set(name, value)
	time.Sleep(5 * time.Minute)
	synctest.Wait()
}

func TestOneChangedSecretIsOneReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t)
		if got := w.memory.Calls().GetMany; got != 1 {
			t.Errorf("Watch took %d batches, want 1", got)
		}
		first := w.Get()
		w.rotate("db/creds", pair("2"))
		if got := w.Get(); got.Creds.User != "u2" || got.Creds.Password.Reveal() != "pw2" || got.Limit != 7 || got.Creds.Password.Version() != "2" {
			t.Errorf("%+v", got)
		}
		if first.Creds.User != "u1" {
			t.Error("the old struct has changed")
		}
		w.wants(t, "u1>u2 [Creds.User Creds.Password]")
		w.rotate("db/creds", `{"password":"pw3","user":"u2","more":1}`)
		w.rotate("db/creds", `{"password":"pw3","user":"u2","more":2}`) // no field of the struct
		w.rotate("name", "n2")
		w.wants(t, "u1>u2 [Creds.User Creds.Password]", "u2>u2 [Creds.Password]", "u2>u2 [Name]")
	})
}

// A reload is counted where it checks the struct that it built.
func TestSecretsThatChangeTogetherAreOneReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var built atomic.Int32
		v := settings.NewValidator()
		v.RegisterStructValidation(func(validator.StructLevel) { built.Add(1) }, watched{})
		r := newRig(t, map[string]string{"db/creds": pair("1"), "name": "n1"})
		c, err := settings.Watch[watched](t.Context(), r.store, settings.Options{Validator: v})
		must(t, err)
		defer c.Stop()
		for i, secrets := range []map[string]string{{"name": "n2"}, {"name": "n3", "db/creds": pair("2")}, {"name": "n3"}} {
			for name, value := range secrets {
				r.memory.Set(name, value)
			}
			must(t, c.Refresh(t.Context()))
			synctest.Wait()
			if n, want := built.Load(), int32(min(i, 1)+2); n != want {
				t.Errorf("round %d: %d structs built, want %d", i, n, want)
			}
		}
		if c.Current().Name != "n3" || c.Current().Creds.User != "u2" {
			t.Errorf("%+v", c.Current())
		}
	})
}

// The secret changes after the first read and before the store watches it, so no
// callback reports it.
func TestNoChangeIsMissedAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reads atomic.Int32
		backend := secretmux.ProviderFunc(func(_ context.Context, name string) (secretmux.Secret, error) {
			if name == "limit" {
				return secretmux.Secret{}, &secretmux.Error{Op: "get", Name: name, Class: secretmux.ErrNotFound}
			}
			value := pair("1")
			if name == "db/creds" && reads.Add(1) > 1 {
				value = pair("2")
			}
			return secretmux.NewSecret([]byte(value), secretmux.Meta{}), nil
		})
		store, err := secretmux.New(backend, secretmux.Options{TTL: -1})
		must(t, err)
		defer store.Close()
		c, err := settings.Watch[watched](t.Context(), store, settings.Options{})
		must(t, err)
		defer c.Stop()
		synctest.Wait()
		if got := c.Current().Creds.User; got != "u2" {
			t.Errorf("user %s, want u2", got)
		}
	})
}

func TestRotationThatFailsKeepsTheOldStruct(t *testing.T) {
	for name, bad := range map[string]string{
		"breaks a rule": `{"user":"u2","password":"x"}`, "lacks a field": `{"user":"` + canary + `"}`, "no document": canary,
		"placeholder": `{"user":"u2","password":"changeme"}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWatch(t)
				w.rotate("db/creds", bad)
				if got := w.Get(); got.Creds.User != "u1" || got.Creds.Password.Reveal() != "pw1" {
					t.Errorf("%+v, want the old struct", got)
				}
				problemsIn(t, w.Err())
				tries := w.failures()
				if len(tries) == 0 {
					t.Fatal("OnError was not called")
				}
				noLeak(t, tries[0])
				if err := w.store.Check(t.Context()); err == nil {
					t.Error("the store's Check tells nothing")
				}
				time.Sleep(2 * time.Minute)
				if n := len(w.failures()); n <= len(tries) {
					t.Errorf("%d tries, want more as time passes", n)
				}
				w.wants(t)
				w.rotate("db/creds", pair("3"))
				if w.Get().Creds.User != "u3" || w.Err() != nil {
					t.Errorf("%+v, %v after a good one", w.Get(), w.Err())
				}
				w.wants(t, "u1>u3 [Creds.User Creds.Password]")
			})
		})
	}
}

func TestErrEndsWhenTheOldValueIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t)
		w.rotate("db/creds", canary)
		if w.Err() == nil {
			t.Fatal("no error")
		}
		w.rotate("db/creds", pair("1"))
		if err := w.Err(); err != nil {
			t.Errorf("%v, want nil: the struct is what the store holds", err)
		}
		w.wants(t)
	})
}

// If one secret fails while another one rotates, the struct stays complete and old.
func TestReloadDuringAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t)
		w.faults.Inject(faults.Always(faults.Step{Err: secretmux.ErrDenied}, "name"))
		time.Sleep(5 * time.Minute)
		w.rotate("db/creds", pair("2"))
		if got := w.Get(); got.Creds.User != "u1" || got.Name != "n1" {
			t.Errorf("%+v, want the old struct", got)
		}
		if !errors.Is(w.Err(), secretmux.ErrDenied) {
			t.Errorf("%v, want ErrDenied", w.Err())
		}
		w.faults.Heal()
		time.Sleep(10 * time.Minute)
		w.wants(t, "u1>u2 [Creds.User Creds.Password]")
	})
}
