package cache_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// crowd is many users of one cache at a time, which do all that can be done. What
// they read has to be the key's; the rest is up to the race detector.
type crowd struct {
	t     *testing.T
	cache *cache.Cache[string]
}

func (w *crowd) check(key, value string, err error) {
	doc, _, _ := strings.Cut(key, "#")
	switch {
	case err == nil:
		if value != doc && !strings.HasPrefix(value, doc+"=") && value != "of "+doc {
			w.t.Errorf("%q has value %q", key, value)
		}
	case !errors.Is(err, errDown) && !errors.Is(err, errGone) && !errors.Is(err, errBroken) &&
		!errors.Is(err, cache.ErrClosed) && !errors.Is(err, cache.ErrRefused) && !errors.Is(err, context.DeadlineExceeded):
		w.t.Errorf("Get(%q): %v", key, err)
	}
}

func (w *crowd) step(rng *rand.Rand) {
	c := w.cache
	key := fmt.Sprint("k", rng.IntN(40))
	if rng.IntN(2) == 0 {
		key += "#f"
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Duration(rng.IntN(5))*time.Second)
	defer cancel()
	switch rng.IntN(20) {
	case 0:
		_ = errors.Join(c.Refresh(ctx, key, "k0#f")...) // its errors are those of the backend
	case 1:
		c.Invalidate(key, "k1")
	case 2, 3:
		keys := []string{key, "k2", "k3#f", key}
		for i, r := range c.GetMany(ctx, keys) {
			w.check(keys[i], r.Value, r.Err)
		}
	case 4:
		if h, err := c.Watch(ctx, key); err == nil {
			time.Sleep(time.Duration(rng.IntN(100)) * time.Second)
			w.check(key, h.Current(), nil)
			h.Stop()
		}
	case 5:
		stop, err := c.OnChange(key, func(context.Context, cache.Change[string]) error {
			time.Sleep(time.Duration(len(key)) * time.Second)
			return nil
		})
		if err == nil {
			time.Sleep(time.Duration(rng.IntN(100)) * time.Second)
			stop()
		}
	case 6:
		c.Stats()
	case 7:
		time.Sleep(time.Duration(rng.IntN(int(2 * ttl))))
	default:
		v, err := c.Get(ctx, key)
		w.check(key, v, err)
	}
}

// unsteady is a loader that is slow and fails at random, and whose values change.
func unsteady(ctx context.Context, keys []string) []cache.Loaded[string] {
	loaded := make([]cache.Loaded[string], len(keys))
	for i, key := range keys {
		loaded[i] = cache.Loaded[string]{Value: fmt.Sprint(key, "=", rand.IntN(3)), Origin: key[:2]}
		if n := rand.IntN(12); n < 3 {
			loaded[i].Err = []error{errDown, errGone, errBroken}[n]
		}
	}
	select {
	case <-time.After(time.Duration(rand.IntN(int(3 * time.Second)))):
	case <-ctx.Done():
	}
	return loaded
}

func TestManyUsersAtATime(t *testing.T) {
	for range 5 {
		synctest.Test(t, func(t *testing.T) {
			c := newCache(t, &backend{}, withStale, withNegativeTTL, func(o *cache.Options[string]) {
				o.Load, o.MaxEntries, o.Jitter, o.Grace, o.Older = answering(unsteady), 30, 0.1, ttl, isLess
				o.View = func(key string) (string, func(string) (string, error), error) {
					doc, _, isView := strings.Cut(key, "#")
					if !isView {
						return doc, nil, nil
					}
					return doc, func(string) (string, error) { return "of " + doc, nil }, nil
				}
				o.Validate = func(context.Context, cache.Change[string]) error {
					time.Sleep(time.Second)
					return []error{nil, nil, errBroken}[rand.IntN(3)]
				}
			})
			w := &crowd{t: t, cache: c}
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					rng := rand.New(rand.NewPCG(rand.Uint64(), 0))
					for range 300 {
						w.step(rng)
					}
				})
			}
			go func() { // some are still at it
				time.Sleep(time.Duration(rand.IntN(int(2 * time.Hour))))
				if n := c.Close(); n != 0 {
					t.Errorf("Close left %d loads", n)
				}
			}()
			wg.Wait()
			pass(2 * time.Hour)
		})
	}
}
