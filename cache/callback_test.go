package cache_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func onChange(t *testing.T, c *cache.Cache[string], key string, call func(context.Context, cache.Change[string]) error) (stop func()) {
	t.Helper()
	stop, err := c.OnChange(key, call)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return stop
}

// change makes the value of key this one, and has the cache learn of it.
func change(t *testing.T, b *backend, c *cache.Cache[string], key, value string) {
	t.Helper()
	b.set(key, value)
	refresh(t, c, key)
	synctest.Wait()
}

func TestCallbacksOfAKeyRunOneAtATimeInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		c := newCache(t, b)
		var running atomic.Int32
		slow := func(ctx context.Context, ch cache.Change[string]) error {
			if running.Add(1) > 1 {
				t.Error("two callbacks of one key run at a time")
			}
			defer running.Add(-1)
			time.Sleep(time.Second)
			return d.note(ctx, ch)
		}
		onChange(t, c, "k", slow)
		onChange(t, c, "k", slow)
		for i := range 3 {
			change(t, b, c, "k", fmt.Sprint("v", i))
		}
		pass(10 * time.Second)
		if d.mu.Lock(); len(d.changes) != 6 {
			t.Errorf("%d calls, want 6: %q", len(d.changes), d.changes)
		}
		d.mu.Unlock()
	})
}

func TestCallbackMayUseTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withFields)
		calls := 0
		var stop func()
		stop = onChange(t, c, "k", func(ctx context.Context, ch cache.Change[string]) error {
			if v, err := c.Get(ctx, "k"); v != ch.New || err != nil {
				t.Errorf("Get = %q, %v, want %q", v, err, ch.New)
			}
			if err := errors.Join(c.Refresh(ctx, "k", "other")...); err != nil {
				t.Errorf("Refresh: %v", err)
			}
			c.GetMany(ctx, []string{"k", "x"})
			c.Invalidate("k", "other")
			c.Stats()
			if _, err := c.OnChange("x", nothing); err != nil {
				t.Errorf("OnChange: %v", err)
			}
			h, err := c.Watch(ctx, "y")
			if err != nil {
				t.Errorf("Watch: %v", err)
			}
			h.Stop()
			stop()
			if n := c.Close(); n != 0 {
				t.Errorf("Close left %d loads", n)
			}
			calls++
			return nil
		})
		change(t, b, c, "k", "new")
		if calls != 1 {
			t.Errorf("%d calls, want 1", calls)
		}
		want(t, c, "k", "", cache.ErrClosed)
	})
}

func TestFailingCallbackIsCalledAgainWithTheCurrentValue(t *testing.T) {
	tests := []struct {
		name string
		fail func() error
		want error
	}{
		{"error", func() error { return errBroken }, errBroken},
		{"panic", func() error { panic("s3cret") }, cache.ErrPanic},
		{"end of its goroutine", func() error { runtime.Goexit(); return nil }, cache.ErrPanic},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, d := &backend{}, &diary{}
				c := newCache(t, b)
				var fails atomic.Bool
				var tries atomic.Int32
				onChange(t, c, "k", func(ctx context.Context, ch cache.Change[string]) error {
					tries.Add(1)
					if fails.Load() {
						return tt.fail()
					}
					return d.note(ctx, ch)
				})
				fails.Store(true)
				change(t, b, c, "k", "v1")
				change(t, b, c, "k", "v2")
				pass(10 * time.Minute)
				if n := tries.Load(); n < 10 || n > 30 {
					t.Errorf("%d tries in ten minutes", n)
				}
				if s := statOf(c, "k"); len(s.Callbacks) != 1 || s.Callbacks[0].Key != "k" || !errors.Is(s.Callbacks[0].Err, tt.want) {
					t.Errorf("%+v, want the callback's error", s.Callbacks)
				}
				events := b.seen(cache.KindCallbackFailed)
				if len(events) == 0 || !errors.Is(events[0].Err, tt.want) || events[0].Attempt != 1 {
					t.Errorf("events: %+v", events)
				}
				change(t, b, c, "k", "v3")
				fails.Store(false)
				pass(time.Minute)
				d.wants(t, "k: k > v3")
				if s := statOf(c, "k"); s.Callbacks != nil {
					t.Errorf("%+v after it succeeded", s.Callbacks)
				}
			})
		})
	}
}

func TestCallbackIsNotCalledAgainWhenTheValueCameBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		tries := 0
		onChange(t, c, "k", func(context.Context, cache.Change[string]) error {
			tries++
			return errBroken
		})
		change(t, b, c, "k", "new")
		change(t, b, c, "k", "k")
		pass(time.Hour)
		if tries != 1 {
			t.Errorf("%d calls, want 1", tries)
		}
		if s := statOf(c, "k"); s.Callbacks != nil {
			t.Errorf("%+v, want no error: there is nothing to tell", s.Callbacks)
		}
	})
}

func TestBlockedCallbackDelaysNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		c := newCache(t, b)
		onChange(t, c, "k", block)
		onChange(t, c, "other", d.note)
		change(t, b, c, "k", "new")
		change(t, b, c, "other", "new")
		d.wants(t, "other: other > new")
		for range 3 * ttl / time.Second {
			wantNow(t, c, "k", "new", nil)
			time.Sleep(time.Second)
		}
	})
}

// Changes that wait behind a call that fails become one with it.
func TestCallThatFailsIsMadeAgainForAllThatFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		c := newCache(t, b)
		free := make(chan struct{})
		var once sync.Once
		onChange(t, c, "k", func(ctx context.Context, ch cache.Change[string]) (err error) {
			once.Do(func() {
				<-free
				err = errBroken
			})
			if err != nil {
				return err
			}
			return d.note(ctx, ch)
		})
		for _, value := range []string{"v1", "v2", "v3"} {
			change(t, b, c, "k", value)
		}
		close(free)
		pass(time.Minute)
		d.wants(t, "k: k > v3")
	})
}

func TestManyPendingChangesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		free := make(chan struct{})
		var told []cache.Change[string]
		onChange(t, c, "k", func(_ context.Context, ch cache.Change[string]) error {
			<-free
			told = append(told, ch)
			return nil
		})
		for i := range 1001 { // at its end the value is what it often was
			change(t, b, c, "k", fmt.Sprint("v", i%2))
		}
		close(free)
		synctest.Wait()
		if n := len(told); n < 2 || n > 20 {
			t.Errorf("%d calls for 1,001 changes", n)
		}
		last := "k"
		for _, ch := range told {
			if ch.Old != last || ch.New == ch.Old {
				t.Errorf("from %q to %q after %q", ch.Old, ch.New, last)
			}
			last = ch.New
		}
		if last != "v0" {
			t.Errorf("the last value told is %q", last)
		}
	})
}

// block is a callback that honours its context and nothing else.
func block(ctx context.Context, _ cache.Change[string]) error {
	<-ctx.Done()
	return ctx.Err()
}
