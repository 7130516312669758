package cache_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func TestCallbackHasADeadline(t *testing.T) {
	tests := []struct {
		name    string
		timeout time.Duration
		want    time.Duration // zero: none
	}{
		{"by default", 0, time.Minute},
		{"of its own", 3 * time.Second, 3 * time.Second},
		{"or none", -1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b, func(o *cache.Options[string]) { o.CallbackTimeout = tt.timeout })
				called := false
				onChange(t, c, "k", func(ctx context.Context, _ cache.Change[string]) error {
					deadline, ok := ctx.Deadline()
					if ok != (tt.want > 0) || ok && time.Until(deadline) != tt.want {
						t.Errorf("the deadline is in %v, %v, want %v", time.Until(deadline), ok, tt.want)
					}
					called = true
					return nil
				})
				change(t, b, c, "k", "new")
				if !called {
					t.Error("it was not called")
				}
			})
		})
	}
}

// Thirty-two callbacks may run at a time. Those that ignore their deadline are
// not counted, so that they don't keep the others from being called.
func TestCallbacksThatIgnoreTheirDeadlineGiveUpTheirPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		c := newCache(t, b)
		release := make(chan struct{})
		for i := range 40 {
			key := fmt.Sprint("hangs", i)
			onChange(t, c, key, func(context.Context, cache.Change[string]) error {
				<-release
				return nil
			})
			change(t, b, c, key, "new")
		}
		onChange(t, c, "hangs0", d.note) // of the same key
		onChange(t, c, "k", d.note)
		change(t, b, c, "k", "new")
		change(t, b, c, "hangs0", "newer")
		pass(30 * time.Second)
		d.wantsNone(t)
		pass(40 * time.Second)
		slices.Sort(d.changes)
		d.wants(t, "hangs0: new > newer", "k: k > new")
		if s := statOf(c, "hangs0"); len(s.Running) != 1 {
			t.Errorf("Running: %+v", s.Running)
		}
		close(release)
		pass(time.Minute)
		if s := statOf(c, "hangs0"); len(s.Running) != 0 || s.Callbacks != nil {
			t.Errorf("%+v after they ended", s)
		}
	})
}

// Of two callbacks of one key, the slow one must not take all turns.
func TestSlowCallbackLeavesTurnsToOthersOfItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		var calls [3]atomic.Int32
		for i, takes := range []time.Duration{15 * time.Second, 0, 0} {
			onChange(t, c, "k", func(context.Context, cache.Change[string]) error {
				calls[i].Add(1)
				time.Sleep(takes)
				return nil
			})
		}
		for i := range 1000 {
			change(t, b, c, "k", fmt.Sprint("v", i))
			pass(10 * time.Second)
		}
		slow := calls[0].Load()
		for i := range calls {
			if n := calls[i].Load(); slow < 100 || n < slow-1 {
				t.Errorf("callback %d was called %d times, the slow one %d times", i, n, slow)
			}
		}
	})
}

func TestChangeTellsWhenTheLoadThatBroughtItBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{delay: 2 * time.Second}
		var validated, told []time.Time
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Validate = func(_ context.Context, ch cache.Change[string]) error {
				validated = append(validated, ch.At)
				return nil
			}
		})
		fails := 2
		onChange(t, c, "k", func(_ context.Context, ch cache.Change[string]) error {
			if fails--; fails >= 0 {
				return errBroken
			}
			told = append(told, ch.At)
			return nil
		})
		pass(10 * time.Second)
		b.set("k", "new")
		began := time.Now()
		refresh(t, c, "k")
		refresh(t, c, "k") // the same again
		pass(time.Minute)
		if len(validated) != 1 || !validated[0].Equal(began) {
			t.Errorf("Validate: %v, want %v", validated, began)
		}
		if len(told) != 1 || !told[0].Equal(began) {
			t.Errorf("the callback: %v, want %v", told, began)
		}
	})
}
