package cache_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// Functions of the user's that must not panic, each as one that calls misbehave.
var hooks = []struct {
	name  string
	adorn func(o *cache.Options[string], misbehave func())
	fails bool // the load, where it panics
}{
	{"Equal", func(o *cache.Options[string], misbehave func()) {
		o.Equal = func(a, b string) bool { misbehave(); return a == b }
	}, true},
	{"Older", func(o *cache.Options[string], misbehave func()) {
		o.Grace, o.Older = time.Hour, func(string, string) bool { misbehave(); return false }
	}, true},
	{"Digest", func(o *cache.Options[string], misbehave func()) {
		o.Validate, o.Digest = nothing, func(s string) [16]byte { misbehave(); return digestOf(s) }
	}, true},
	{"Judge", func(o *cache.Options[string], misbehave func()) {
		o.Judge = func(err error) cache.Verdict { misbehave(); return judge(err) }
	}, true},
	{"Follows, after Validate", func(o *cache.Options[string], misbehave func()) {
		o.Validate, o.Digest, o.Follows = nothing, digestOf, func(string) []string { misbehave(); return nil }
	}, false},
	{"Observe", func(o *cache.Options[string], misbehave func()) {
		o.Observe = func(cache.Event[string]) { misbehave() }
	}, false},
	{"Parse", func(o *cache.Options[string], misbehave func()) {
		o.View = func(key string) (string, func(string) (string, error), error) { return key[:1], nil, nil }
		o.Parse = func(doc string) func(string) (string, error) {
			misbehave()
			return func(string) (string, error) { return doc, nil }
		}
	}, false},
	{"project", func(o *cache.Options[string], misbehave func()) {
		o.View = func(key string) (string, func(string) (string, error), error) {
			return key[:1], func(doc string) (string, error) { misbehave(); return doc, nil }, nil
		}
	}, false},
}

// A user function that panics, or ends its goroutine, leaves no reader waiting and
// nothing undone.
func TestHookThatMisbehaves(t *testing.T) {
	for _, tt := range hooks {
		for how, misbehave := range map[string]func(){"panics": func() { panic("s3cret") }, "ends the goroutine": runtime.Goexit} {
			t.Run(tt.name+" "+how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { testMisbehaving(t, tt.adorn, misbehave, tt.fails) })
			})
		}
	}
}

func testMisbehaving(t *testing.T, adorn func(*cache.Options[string], func()), misbehave func(), fails bool) {
	b := &backend{}
	var bad atomic.Bool
	c := newCache(t, b, func(o *cache.Options[string]) {
		adorn(o, func() {
			if bad.Load() {
				misbehave()
			}
		})
	})
	watchOf(t, c, "k")
	watchOf(t, c, "k#view")
	onChange(t, c, "k", nothing)
	b.set("k", "new")
	bad.Store(true)
	c.Expect("k", nil, 0)
	synctest.Wait()
	b.fail("k", errBroken) // which Judge is asked about
	if done := async(func() { c.Refresh(t.Context(), "k") }); !ended(done) {
		t.Error("Refresh waits for ever")
	}
	if err := statOf(c, "k").Err; fails && !errors.Is(err, cache.ErrPanic) && !errors.Is(err, errBroken) {
		t.Errorf("the load: %v", err)
	}
	bad.Store(false)
	b.fail("k", nil)
	pass(2 * ttl)
	want(t, c, "k", "new", nil)
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	if err := c.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func async(call func()) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		call()
	}()
	return done
}

func ended(done <-chan struct{}) bool {
	synctest.Wait()
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// Here the function runs in its caller's goroutine, and no lock is held.
func TestHookThatPanicsInItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bad atomic.Bool
		c := newCache(t, &backend{}, func(o *cache.Options[string]) {
			o.View = func(key string) (string, func(string) (string, error), error) {
				if key == "bad" {
					panic("s3cret")
				}
				return key, nil, nil
			}
			o.Equal = func(a, b string) bool {
				if bad.Load() {
					panic("s3cret")
				}
				return a == b
			}
		})
		want(t, c, "bad", "", cache.ErrPanic)
		if r := c.GetMany(t.Context(), []string{"k", "bad"}); r[0].Err != nil || !errors.Is(r[1].Err, cache.ErrPanic) {
			t.Errorf("GetMany: %+v", r)
		}
		if _, err := c.OnChange("bad", nothing); !errors.Is(err, cache.ErrPanic) {
			t.Errorf("OnChange: %v", err)
		}
		h := watchOf(t, c, "k")
		bad.Store(true)
		if changed, err := h.Renew(t.Context(), "k"); changed || !errors.Is(err, cache.ErrPanic) {
			t.Errorf("Renew = %v, %v", changed, err)
		}
		bad.Store(false)
		if changed, err := h.Renew(t.Context(), "other"); !changed || err != nil {
			t.Errorf("Renew = %v, %v", changed, err)
		}
	})
}

// The end of the goroutine that computes a view, or looks for what was announced,
// leaves the lock as it was.
func TestGoroutineThatEndsInAHookLeavesTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bad atomic.Bool
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.View = func(key string) (string, func(string) (string, error), error) {
				return key[:1], func(doc string) (string, error) {
					if bad.Load() {
						runtime.Goexit()
					}
					return doc, nil
				}, nil
			}
		})
		want(t, c, "k", "k", nil)
		bad.Store(true)
		<-async(func() { _, _ = c.OnChange("k#view", nothing) })
		bad.Store(false)
		want(t, c, "k#view", "k", nil)

		looks := 0
		b.set("k", "new")
		c.Expect("k", func(v string) bool {
			if looks++; v == "new" {
				runtime.Goexit()
			}
			return false
		}, 0)
		pass(time.Minute)
		if looks < 2 {
			t.Fatalf("asked %d times", looks)
		}
		want(t, c, "k#view", "new", nil)
		if err := c.Check(); err != nil {
			t.Error(err)
		}
	})
}

// What comes back at what it was, while a callback is behind by more than there
// is room for, is not a change. To find that out is the user's, and happens
// without the lock.
func TestCallbackThatIsFarBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		var c *cache.Cache[string]
		c = newCache(t, b, func(o *cache.Options[string]) {
			o.Equal = func(x, y string) bool {
				c.Closed() // it may use the cache
				return x == y
			}
		})
		hold := make(chan struct{})
		var told []cache.Change[string]
		onChange(t, c, "k", func(_ context.Context, ch cache.Change[string]) error {
			<-hold
			told = append(told, ch)
			return nil
		})
		for i := range 18 {
			change(t, b, c, "k", fmt.Sprint(i))
		}
		change(t, b, c, "k", lastButOne)
		close(hold)
		pass(time.Hour)
		for i, ch := range told {
			if ch.Old == ch.New || i > 0 && ch.Old != told[i-1].New {
				t.Errorf("told %+v", told)
			}
		}
		if n := len(told); n == 0 || told[n-1].New != lastButOne {
			t.Errorf("told %+v, want %s in the end", told, lastButOne)
		}
	})
}

// lastButOne is the value before the last that there is room for.
const lastButOne = "14"

// An Observe that ends the goroutine of a callback takes no worker with it.
func TestObserveThatEndsWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Observe = func(e cache.Event[string]) {
				if e.Kind == cache.KindCallbackFailed {
					runtime.Goexit()
				}
			}
		})
		var calls atomic.Int32
		onChange(t, c, "k", func(context.Context, cache.Change[string]) error {
			if calls.Add(1) <= 40 {
				return errBroken
			}
			return nil
		})
		change(t, b, c, "k", "new")
		pass(2 * time.Hour)
		if n := calls.Load(); n != 41 {
			t.Errorf("called %d times, want 41", n)
		}
		if err := c.Check(); err != nil {
			t.Error(err)
		}
	})
}
