package cache

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A crowd falls due at once, and others use the cache meanwhile, which sets the timer.
// What is due is nevertheless loaded four batches at a time, and not four for each time
// that the timer came.
func TestCrowdThatIsDueIsOneConvoy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const crowd = 40 * maxBatch
		var batches, most, loaded atomic.Int64
		hold := make(chan struct{})
		c := newPointers(t, func(o *Options[pointer]) {
			load := o.Load
			o.Load = func(ctx context.Context, b *Batch[pointer]) {
				if b.Purpose == PurposeRefresh {
					most.Store(max(most.Load(), batches.Add(1)))
					<-hold
					batches.Add(-1)
					loaded.Add(int64(len(b.Keys)))
				}
				load(ctx, b)
			}
		})
		keys := numbers(crowd)
		for range 2 { // the second time puts them to use
			c.GetMany(t.Context(), keys)
		}
		time.Sleep(time.Minute)
		allDue(c, keys)
		for range 8 {
			go c.tick()
		}
		synctest.Wait()
		if n := batches.Load(); n != maxLoads {
			t.Errorf("%d batches run, want %d", n, maxLoads)
		}
		for range crowd / maxBatch {
			hold <- struct{}{}
			synctest.Wait()
		}
		if most.Load() != maxLoads || loaded.Load() != crowd {
			t.Errorf("%d keys were loaded in %d batches at a time, want all %d in %d", loaded.Load(), most.Load(), crowd, maxLoads)
		}
		if err := c.Check(); err != nil {
			t.Error(err)
		}
	})
}

// allDue makes all keys due, at the same moment.
func allDue(c *Cache[pointer], keys []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range keys {
		d := c.table.Load().find(key).doc
		d.refreshAt = c.now()
		c.planLocked(d)
	}
}
