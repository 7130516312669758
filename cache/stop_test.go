package cache_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func TestStopEndsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		c := newCache(t, b)
		stop := onChange(t, c, "k", d.note)
		keep := d.of(t, c, "k")
		change(t, b, c, "k", "v1")
		stop()
		stop()
		change(t, b, c, "k", "v2")
		d.wants(t, "k: k > v1", "k: k > v1", "k: v1 > v2")
		keep()
		if s := statOf(c, "k"); s.Watched {
			t.Error("it is still watched")
		}
		before := len(b.loads())
		pass(24 * time.Hour)
		wantLoads(t, b, before)
	})
}

func TestStopEndsRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		tries := 0
		stop := onChange(t, c, "k", func(context.Context, cache.Change[string]) error {
			tries++
			return errBroken
		})
		change(t, b, c, "k", "v1")
		stop()
		pass(time.Hour)
		if tries != 1 {
			t.Errorf("%d calls, want 1", tries)
		}
	})
}

// A callback that stops itself and subscribes anew still runs when the next
// change comes.
func TestNewSubscriptionWaitsForTheCallThatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		c := newCache(t, b)
		var stop func()
		var once sync.Once
		stop = onChange(t, c, "k", func(ctx context.Context, _ cache.Change[string]) error {
			once.Do(func() {
				stop()
				if _, err := c.OnChange("k", d.note); err != nil {
					t.Errorf("OnChange: %v", err)
				}
				time.Sleep(time.Second)
				d.wantsNone(t)
			})
			return nil
		})
		change(t, b, c, "k", "v1")
		change(t, b, c, "k", "v2")
		pass(time.Minute)
		d.wants(t, "k: v1 > v2")
	})
}

func (d *diary) wantsNone(t *testing.T) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.changes != nil {
		t.Errorf("changes: %q, want none yet", d.changes)
	}
}
