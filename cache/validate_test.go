package cache_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// gate is a Validate that can be switched.
type gate struct {
	refuse atomic.Bool
	takes  time.Duration
	panics bool
	asked  atomic.Int32
}

func (g *gate) validate(ctx context.Context, c cache.Change[string]) error {
	g.asked.Add(1)
	select {
	case <-time.After(g.takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	if !g.refuse.Load() {
		return nil
	}
	if g.panics {
		panic(c.New)
	}
	return errBroken
}

func (g *gate) option(o *cache.Options[string]) { o.Validate = g.validate }

func TestRefusedValueIsNotServed(t *testing.T) {
	tests := []struct {
		name  string
		gate  gate
		cause error
	}{
		{"error", gate{}, errBroken},
		{"panic", gate{panics: true}, cache.ErrPanic},
		{"timeout", gate{takes: time.Minute}, context.DeadlineExceeded},
	}
	for i := range tests {
		tt := &tests[i]
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, d := &backend{}, &diary{}
				c := newCache(t, b, tt.gate.option, withFields, func(o *cache.Options[string]) { o.Timeout = time.Second })
				b.set("k", "f=1")
				use(t, c, "k", "f=1") // the first value is not asked about
				use(t, c, "k#f", "1")
				d.of(t, c, "k#f")
				tt.gate.refuse.Store(true)
				b.set("k", "f=2")
				pass(refreshed)
				for range 10 * ttl / time.Second { // the backend answers all the while
					wantNow(t, c, "k", "f=1", nil)
					wantNow(t, c, "k#f", "1", nil)
					pass(time.Second)
				}
				s := statOf(c, "k")
				if !s.Refused || !s.Served || s.Value != "f=1" || !errors.Is(s.Err, cache.ErrRefused) || !errors.Is(s.Err, tt.cause) {
					t.Errorf("%+v", s)
				}
				if events := b.seen(cache.KindRefused); len(events) < 8 || events[0].Value != "f=1" || !errors.Is(events[0].Err, tt.cause) {
					t.Errorf("events: %+v", events)
				}
				for _, e := range b.seen(cache.KindRefreshDone) {
					if e.Value != "f=1" {
						t.Errorf("event %+v, want the value that is served", e)
					}
				}
				d.wants(t)
			})
		})
	}
}

func TestRefusedValueIsTriedAgainWithBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g, d := &backend{}, &gate{}, &diary{}
		c := newCache(t, b, g.option)
		use(t, c, "k", "k")
		g.refuse.Store(true)
		b.set("k", "odd")
		pass(refreshed)
		b.set("k", "k")
		pass(time.Second) // it is read by nobody, and yet tried again
		if s := statOf(c, "k"); s.Refused {
			t.Errorf("%+v, want it healthy", s)
		}
		b.set("k", "new")
		for range 11 * ttl / time.Second {
			wantNow(t, c, "k", "k", nil)
			pass(time.Second)
		}
		if n := g.asked.Load(); n < 12 || n > 30 {
			t.Errorf("asked %d times in ten minutes", n)
		}
		idle := g.asked.Load()
		pass(24 * time.Hour) // nobody reads it
		if n := g.asked.Load() - idle; n > 2 {
			t.Errorf("asked %d times about an idle key", n)
		}
		d.of(t, c, "k")
		g.refuse.Store(false)
		pass(time.Minute)
		wantNow(t, c, "k", "new", nil)
		d.wants(t, "k: k > new")
		if s := statOf(c, "k"); s.Refused || s.Err != nil || s.Failures != 0 {
			t.Errorf("%+v, want it healthy", s)
		}
	})
}

func TestRefreshReturnsARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := &backend{delay: time.Second}, &gate{}
		c := newCache(t, b, g.option)
		want(t, c, "k", "k", nil)
		pass(ttl)
		g.refuse.Store(true)
		b.set("k", "new")
		done := make(chan error)
		go func() { done <- errors.Join(c.Refresh(t.Context(), "k")...) }()
		synctest.Wait()
		want(t, c, "k", "k", nil) // which waits for the same load
		if err := <-done; !errors.Is(err, cache.ErrRefused) || !errors.Is(err, errBroken) {
			t.Errorf("Refresh: %v", err)
		}
		wantLoads(t, b, 2)
	})
}

// Both loads return the refused value, and the second one's refusal comes first.
func TestReaderThatWasOvertakenDoesNotSeeTheRefusedValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := &backend{}, &gate{}
		c := newCache(t, b, g.option)
		want(t, c, "k", "k", nil)
		pass(ttl)
		g.refuse.Store(true)
		b.set("k", "new")
		resume := b.stop()
		slow := make(chan string)
		go func() {
			v, err := c.Get(t.Context(), "k")
			if err != nil {
				t.Errorf("Get: %v", err)
			}
			slow <- v
		}()
		synctest.Wait()
		b.stop()()
		if err := errors.Join(c.Refresh(t.Context(), "k")...); !errors.Is(err, cache.ErrRefused) {
			t.Errorf("Refresh: %v", err)
		}
		resume()
		if v := <-slow; v != "k" {
			t.Errorf("Get = %q, which was refused", v)
		}
	})
}

func TestSlowValidateDelaysNoReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := &backend{}, &gate{takes: 5 * time.Second}
		c := newCache(t, b, g.option)
		use(t, c, "k", "k")
		use(t, c, "other", "other")
		b.set("k", "new")
		b.set("other", "new")
		var wg sync.WaitGroup
		for _, key := range []string{"k", "other"} {
			wg.Go(func() {
				for range 3 * ttl / time.Second {
					start := time.Now()
					if _, err := c.Get(t.Context(), key); err != nil || time.Since(start) != 0 {
						t.Errorf("Get(%q) waited for %v, %v", key, time.Since(start), err)
					}
					time.Sleep(time.Second)
				}
			})
		}
		wg.Wait()
		wantNow(t, c, "k", "new", nil)
	})
}

// The TTL ends while Validate runs; it is not watched, so only the load itself
// knows the old value.
func TestRefusalAfterTheTTLEnded(t *testing.T) {
	for _, stale := range []time.Duration{0, maxStale} {
		synctest.Test(t, func(t *testing.T) {
			b, g := &backend{}, &gate{takes: 9 * time.Second}
			c := newCache(t, b, g.option, func(o *cache.Options[string]) { o.MaxStale = stale })
			use(t, c, "k", "k")
			g.refuse.Store(true)
			b.set("k", "new")
			pass(ttl + time.Second)
			want(t, c, "k", "k", nil)
			wantNow(t, c, "k", "k", nil)
		})
	}
}

func TestStaleAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := &backend{}, &gate{}
		c := newCache(t, b, g.option, func(o *cache.Options[string]) { o.MaxStale = time.Hour })
		use(t, c, "k", "k")
		g.refuse.Store(true)
		b.set("k", "new")
		pass(ttl)
		use(t, c, "k", "k")
		b.fail("", errDown)
		pass(10 * ttl)
		wantNow(t, c, "k", "k", nil)
		if s := statOf(c, "k"); !s.Stale {
			t.Errorf("%+v, want it stale", s)
		}
		pass(time.Hour)
		want(t, c, "k", "", errDown)
	})
}

func TestRefusalWithNegativeTTLKeepsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := &backend{}, &gate{}
		c := newCache(t, b, g.option, func(o *cache.Options[string]) { o.TTL = -1 })
		h, err := c.Watch(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		g.refuse.Store(true)
		b.set("k", "new")
		want(t, c, "k", "k", nil)
		want(t, c, "k", "k", nil)
		wantLoads(t, b, 3)
		g.refuse.Store(false)
		want(t, c, "k", "new", nil)
		if v := h.Current(); v != "new" {
			t.Errorf("Current() = %q", v)
		}
	})
}
