package cache_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// A Refresh that had to wait for its turn reads after an Invalidate that came
// meanwhile, and after what that had loaded. So its answer is the newest one.
func TestQueuedRefreshIsNewerThanWhatCameMeanwhile(t *testing.T) {
	tests := []struct {
		name string
		gets bool                                                                          // a Get comes meanwhile, which does not take the queued load
		wait func(t *testing.T, b *backend, c *cache.Cache[string]) (refreshed chan error) // k is queued, and slow
	}{
		{"behind a Refresh of the same key", true, func(t *testing.T, b *backend, c *cache.Cache[string]) chan error {
			done := make(chan error, 2)
			for range 2 {
				go func() { done <- c.Refresh(t.Context(), "k")[0] }()
				synctest.Wait()
			}
			return done
		}},
		{"behind other batches", false, func(t *testing.T, b *backend, c *cache.Cache[string]) chan error {
			done := make(chan error, 1)
			keys := append(numbered(400), "k")
			go func() { done <- c.Refresh(t.Context(), keys...)[400] }()
			synctest.Wait()
			return done
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b)
				b.set("k", "v1")
				want(t, c, "k", "v1", nil)
				b.slow(5 * time.Second) // within the timeout
				done := tt.wait(t, b, c)
				b.slow(0)
				c.Invalidate("k")
				if tt.gets {
					want(t, c, "k", "v1", nil)
				}
				b.set("k", "v2")
				for range cap(done) {
					if err := <-done; err != nil {
						t.Errorf("Refresh: %v", err)
					}
				}
				wantNow(t, c, "k", "v2", nil)
			})
		})
	}
}

// Two loads of a cold key are under way. While one is judged, the other ends; so
// the first is a change, though nothing was known when it came in.
func TestValueIsJudgedAgainstWhatWasAcceptedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var asked []string
		note := func(what string) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, what)
		}
		batches, release, judging := make(chan *cache.Batch[string], 2), make(chan struct{}), make(chan struct{})
		d := &diary{}
		c := newCache(t, &backend{}, func(o *cache.Options[string]) {
			o.View = func(key string) (string, func(string) (string, error), error) {
				if key == "doc" {
					return key, nil, nil
				}
				return "doc", func(doc string) (string, error) {
					if doc == "second" {
						<-judging
					}
					return doc, nil
				}, nil
			}
			o.Load = func(_ context.Context, b *cache.Batch[string]) {
				batches <- b
				<-release
			}
			o.Validate = func(_ context.Context, ch cache.Change[string]) error {
				note(ch.Old + " > " + ch.New)
				return nil
			}
			o.Follows = func(key string) []string {
				note(key)
				return nil
			}
		})
		d.of(t, c, "field")
		refreshed := make(chan error)
		go func() { refreshed <- c.Refresh(t.Context(), "doc")[0] }()
		first, second := <-batches, <-batches
		go second.Settle(0, cache.Loaded[string]{Value: "second"})
		synctest.Wait()
		first.Settle(0, cache.Loaded[string]{Value: "first"})
		synctest.Wait()
		close(judging)
		if err := <-refreshed; err != nil {
			t.Errorf("Refresh: %v", err)
		}
		close(release)
		want(t, c, "doc", "second", nil)
		if got := fmt.Sprint(asked); got != "[first > second doc]" {
			t.Errorf("asked %v", got)
		}
		d.wants(t, "field: first > second")
	})
}

// A refusal is news, too: an older load that ends after it does not make it undone.
func TestRefusalIsNotUndoneByAnOlderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := &backend{}, &gate{}
		c := newCache(t, b, g.option, withStale)
		want(t, c, "k", "k", nil)
		pass(ttl)
		resume := b.stop()
		done := make(chan struct{})
		go func() {
			defer close(done)
			want(t, c, "k", "k", nil)
		}()
		synctest.Wait()
		b.stop()()
		g.refuse.Store(true)
		b.set("k", "bad")
		if err := c.Refresh(t.Context(), "k")[0]; !errors.Is(err, cache.ErrRefused) {
			t.Errorf("Refresh: %v", err)
		}
		resume()
		<-done
		if s := statOf(c, "k"); !s.Refused || s.Failures != 1 {
			t.Errorf("%+v, want it still refused", s)
		}
	})
}

// The same with a refusal, and the answers of all who wait.
func TestRefusalOfWhatCameMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		batches, release, digesting := make(chan *cache.Batch[string], 2), make(chan struct{}), make(chan struct{})
		c := newCache(t, &backend{}, func(o *cache.Options[string]) {
			o.Load = func(_ context.Context, b *cache.Batch[string]) {
				batches <- b
				<-release
			}
			o.Validate = refuseAll
			o.Digest = func(value string) [16]byte {
				if value == "second" {
					<-digesting
				}
				return [16]byte{value[0]}
			}
		})
		got, refreshed := make(chan string), make(chan error)
		go func() {
			v, err := c.Get(t.Context(), "k")
			if err != nil {
				t.Errorf("Get: %v", err)
			}
			got <- v
		}()
		first := <-batches
		go func() { refreshed <- c.Refresh(t.Context(), "k")[0] }()
		second := <-batches
		go second.Settle(0, cache.Loaded[string]{Value: "second"})
		synctest.Wait()
		first.Settle(0, cache.Loaded[string]{Value: "first"})
		if v := <-got; v != "first" {
			t.Errorf("Get = %q", v)
		}
		close(digesting)
		if err := <-refreshed; !errors.Is(err, cache.ErrRefused) {
			t.Errorf("Refresh: %v, want a refusal", err)
		}
		close(release)
		want(t, c, "k", "first", nil)
	})
}

// A view of a value that was replaced while it was computed is its reader's answer, and
// nobody else's.
func TestViewOfAValueThatWasReplacedIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		hold := make(chan struct{})
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.View = func(key string) (string, func(string) (string, error), error) {
				return key[:1], func(doc string) (string, error) {
					if doc == "old" {
						<-hold
					}
					return doc, nil
				}, nil
			}
		})
		b.set("k", "old")
		want(t, c, "k", "old", nil)
		done := make(chan struct{})
		go func() {
			defer close(done)
			want(t, c, "k#view", "old", nil)
		}()
		synctest.Wait()
		change(t, b, c, "k", "new")
		close(hold)
		<-done
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		want(t, c, "k#view", "new", nil)
	})
}
