package settings_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
	"github.com/secretmux/secretmux/testing/faults"
)

func TestRefreshSeesWhatCameIntoBeing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t)
		w.memory.Set("limit", "9")
		must(t, w.Refresh(t.Context()))
		if w.Get().Limit != 9 {
			t.Errorf("limit %d, want 9", w.Get().Limit)
		}
		synctest.Wait() // changes that come faster than the calls become one
		w.memory.Delete("limit")
		must(t, w.Refresh(t.Context()))
		if w.Get().Limit != 7 {
			t.Errorf("limit %d, want the default", w.Get().Limit)
		}
		w.wants(t, "u1>u1 [Limit]", "u1>u1 [Limit]")
		w.memory.Delete("name")
		if err := w.Refresh(t.Context()); !errors.Is(err, secretmux.ErrNotFound) || w.Get().Name != "n1" {
			t.Errorf("%v, %+v: want the problem and the old struct", err, w.Get())
		}
		w.faults.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
		if err := w.Refresh(t.Context()); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("%v, want ErrUnavailable though the old values are kept", err)
		}
	})
}

func TestWatchFailsAsLoadDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, map[string]string{"name": "n"})
		c, err := settings.Watch[watched](t.Context(), r.store, settings.Options{})
		if c != nil || !errors.Is(err, secretmux.ErrNotFound) {
			t.Errorf("%v, %v; want ErrNotFound", c, err)
		}
		for _, s := range r.store.Status() {
			if s.Watched {
				t.Errorf("%s is still watched", s.Ref)
			}
		}
	})
}

func TestCallbackMayUseEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t)
		var calls atomic.Int32
		if stop, err := w.live.OnChange(nil); !errors.Is(err, secretmux.ErrInvalid) || stop != nil {
			t.Errorf("a nil callback: %v", err)
		}
		w.OnChange(t, func(settings.Change[watched]) error { panic(canary) })
		w.OnChange(t, func(ch settings.Change[watched]) error {
			calls.Add(1)
			if w.Get() != ch.New {
				t.Error("Get is not what is told")
			}
			must(t, w.Refresh(context.Background()))
			_ = w.Err()
			w.Stop()
			must(t, w.store.Close())
			return nil
		})
		stop := w.OnChange(t, func(settings.Change[watched]) error { t.Error("called after Stop"); return nil })
		w.rotate("name", "n2")
		stop()
		if calls.Load() != 1 || w.Get().Name != "n2" {
			t.Errorf("%d calls, %+v", calls.Load(), w.Get())
		}
	})
}

func TestStopOfACallbackThatIsNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t)
		var stop func()
		w.OnChange(t, func(settings.Change[watched]) error { stop(); return nil })
		stop = w.OnChange(t, func(settings.Change[watched]) error { t.Error("called after its stop"); return nil })
		w.rotate("name", "n2")
	})
}

func TestStopEndsTheWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t)
		w.rotate("db/creds", canary) // Err watches too
		w.Stop()
		w.Stop()
		w.rotate("name", "n2")
		must(t, w.Refresh(t.Context()))
		if w.Get().Name != "n1" {
			t.Error("Get changed after Stop")
		}
		w.wants(t)
		for _, s := range w.store.Status() {
			if s.Watched {
				t.Errorf("%s is still watched", s.Ref)
			}
		}
	})
}

// TestReadersNeverSeeAMixedPair lets 100 readers look at a pair that changes at each
// read of the backend, while the struct is reloaded from several sides. User and
// password of one number belong together.
func TestReadersNeverSeeAMixedPair(t *testing.T) {
	const readers, writers, rotations = 100, 4, 100
	var reads atomic.Int64
	backend := secretmux.ProviderFunc(func(_ context.Context, name string) (secretmux.Secret, error) {
		value := name
		switch name {
		case "limit":
			value = "7"
		case "db/creds":
			value = pair(fmt.Sprint(reads.Add(1)))
		}
		return secretmux.NewSecret([]byte(value), secretmux.Meta{}), nil
	})
	store, err := secretmux.New(backend, secretmux.Options{TTL: -1}) // nothing is kept: each read rotates
	must(t, err)
	defer store.Close()
	c, err := settings.Watch[watched](t.Context(), store, settings.Options{})
	must(t, err)
	defer c.Stop()
	var writing, reading sync.WaitGroup
	var done atomic.Bool
	var mixed, seen atomic.Int64
	for range readers {
		reading.Go(func() {
			last := c.Current()
			for !done.Load() {
				s := c.Current()
				if "pw"+s.Creds.User[1:] != s.Creds.Password.Reveal() {
					mixed.Add(1)
				}
				if s != last {
					seen.Add(1)
				}
				last = s
				runtime.Gosched()
			}
		})
	}
	for range writers {
		writing.Go(func() {
			for range rotations {
				if err := c.Refresh(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	done.Store(true)
	reading.Wait()
	if mixed.Load() != 0 {
		t.Errorf("%d reads had a user and a password of two versions", mixed.Load())
	}
	if seen.Load() == 0 {
		t.Error("no reader saw a rotation: the test tests nothing")
	}
}
