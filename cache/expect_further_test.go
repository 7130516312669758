package cache_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// A message that is sent twenty times must not make a fleet read twenty times as
// soon; one that asks for less time does.
func TestFurtherExpectLeavesTheMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		names := numbered(100)
		start := time.Now()
		for _, name := range names {
			watchOf(t, c, name)
			for range 20 {
				c.Expect(name, nil, 10*time.Second)
			}
			c.Expect(name, nil, time.Hour)
		}
		pass(10 * time.Second)
		wantLoads(t, b, 2*len(names))
		var sum time.Duration
		for _, at := range loadTimes(b, len(names), start) {
			sum += at
		}
		if mean := sum / time.Duration(len(names)); mean < 3*time.Second { // of those of 20 draws it is 0.5 s
			t.Errorf("loads %v after on average, want 5 s", mean)
		}

		watchOf(t, c, "soon")
		c.Expect("soon", nil, time.Hour)
		before := len(b.loads())
		c.Expect("soon", nil, 0)
		wantLoads(t, b, before+1)
	})
}

// The newer way to tell counts, and nil does not tell.
func TestFurtherExpectTakesTheWayToTell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		watchOf(t, c, "k")
		c.Expect("k", isNew, 0)
		c.Expect("k", func(v string) bool { return v == "newer" }, 0)
		c.Expect("k", nil, time.Minute)
		b.set("k", "new")
		pass(2 * time.Second)
		wantLoads(t, b, 3)
		b.set("k", "newer")
		pass(ttl / 2)
		wantNow(t, c, "k", "newer", nil)
	})
}

// Whoever can announce makes the backend read once a second, whatever he says.
func TestExpectLoadsOnceASecond(t *testing.T) {
	for name, served := range map[string]func(string) bool{"nothing to tell": nil, "never served": isNew} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b, func(o *cache.Options[string]) { o.TTL = time.Hour })
				watchOf(t, c, "k")
				start := time.Now()
				for range 1000 {
					c.Expect("k", served, 0)
					pass(10 * time.Millisecond)
				}
				pass(time.Minute)
				at := loadTimes(b, 1, start)
				for i := range at[1:] {
					if at[i+1]-at[i] < time.Second {
						t.Fatalf("loads after %v", at)
					}
				}
				if len(at) < 10 || len(at) > 16 {
					t.Errorf("%d loads in ten seconds of messages, and of what is left of them: %v", len(at), at)
				}
			})
		})
	}
}

// A load that was on its way when the message came may have missed the change.
func TestExpectWhileItLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{delay: 100 * time.Millisecond}
		c := newCache(t, b)
		watchOf(t, c, "k")
		c.Expect("k", nil, 0)
		pass(50 * time.Millisecond)
		b.set("k", "new")
		c.Expect("k", nil, 0)
		pass(2 * time.Second)
		wantNow(t, c, "k", "new", nil)
		wantLoads(t, b, 3)
	})
}

// A load that failed has told nothing: what nobody reads meanwhile is looked for again,
// until its time is over.
func TestExpectWhileTheBackendFails(t *testing.T) {
	for name, served := range map[string]func(string) bool{"nothing to tell": nil, "a value": isNew} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b, func(o *cache.Options[string]) { o.TTL = time.Hour })
				want(t, c, "k", "k", nil) // kept, and idle
				b.fail("", errDown)
				c.Expect("k", served, 0)
				pass(10 * time.Minute)
				if n := len(b.loads()); n < 8 || n > 30 {
					t.Errorf("%d loads in ten minutes", n)
				}
				b.fail("", nil)
				b.set("k", "new")
				pass(2 * time.Minute)
				wantNow(t, c, "k", "new", nil)
				before := len(b.loads())
				pass(time.Minute)
				wantLoads(t, b, before)

				b.fail("", errDown)
				c.Expect("k", nil, 0)
				pass(2 * time.Hour) // past the TTL
				before = len(b.loads())
				pass(time.Hour)
				wantLoads(t, b, before)
			})
		})
	}
}

func TestExpectTellsWhatItPlans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, &backend{})
		tells := func(what string, served func(string) bool, known, planned bool) {
			t.Helper()
			if gotKnown, gotPlanned := c.Expect("k", served, time.Second); gotKnown != known || gotPlanned != planned {
				t.Errorf("%s: known %v, planned %v", what, gotKnown, gotPlanned)
			}
		}
		tells("nothing is kept", isNew, false, false)
		watchOf(t, c, "k")
		tells("another value is kept", isNew, true, true)
		tells("that value is kept", func(v string) bool { return v == "k" }, true, false)
		c.Close()
		tells("closed", isNew, false, false)
	})
}

// The load of the first message may land while the second one is looked at.
func TestExpectOfWhatLandsMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		watchOf(t, c, "k")
		b.set("k", "new")
		asked := 0
		_, planned := c.Expect("k", func(v string) bool {
			if asked++; asked == 1 {
				if errs := c.Refresh(t.Context(), "k"); errs[0] != nil {
					t.Error(errs[0])
				}
			}
			return isNew(v)
		}, 0)
		pass(time.Minute)
		if planned || asked != 2 {
			t.Errorf("planned %t after %d questions, want no load after two", planned, asked)
		}
	})
}

// While the first announcement is looked for, a second one comes. It is not over when the
// first is.
func TestFurtherExpectWhileTheFirstIsLookedFor(t *testing.T) {
	for name, second := range map[string]func(string) bool{
		"that tells what it waits for": func(v string) bool { return v == "newer" },
		"that any load will do for":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b)
				watchOf(t, c, "k")
				asked, answer := make(chan struct{}, 99), make(chan struct{}, 1)
				answer <- struct{}{} // for the value that is kept when it is announced
				b.set("k", "new")
				c.Expect("k", func(v string) bool {
					asked <- struct{}{}
					<-answer
					return v == "new"
				}, 0)
				<-asked
				<-asked // the load has landed, and is looked at
				b.set("k", "newer")
				if _, planned := c.Expect("k", second, 5*time.Second); !planned && second == nil {
					t.Error("nothing is planned")
				}
				close(answer)
				pass(10 * time.Second)
				wantNow(t, c, "k", "newer", nil)
			})
		})
	}
}
