package cache_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// The reader of a key that is settled goes, while the loader still works on the
// other keys of the batch.
func TestReadersDoNotWaitForTheOtherKeysOfABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Load = func(_ context.Context, b *cache.Batch[string]) {
				for i, key := range b.Keys {
					time.Sleep(time.Second)
					b.Settle(i, cache.Loaded[string]{Value: "v" + key})
				}
			}
		})
		go c.GetMany(t.Context(), []string{"0", "1", "2", "3"})
		synctest.Wait()
		start := time.Now()
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				v, err := c.Get(t.Context(), fmt.Sprint(i))
				if took := time.Since(start); v != fmt.Sprint("v", i) || err != nil || took != time.Duration(i+1)*time.Second {
					t.Errorf("Get(%d) = %q, %v after %v", i, v, err, took)
				}
			})
		}
		time.Sleep(1500 * time.Millisecond)
		if n := len(b.seen(cache.KindLoadDone)); n != 1 {
			t.Errorf("%d events while the loader works on, want one for the key that is settled", n)
		}
		wg.Wait()
	})
}

// Neither Validate nor Observe of one key holds up the loader.
func TestSettleDoesNotWaitForValidateAndObserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		var took atomic.Int64
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Validate = func(context.Context, cache.Change[string]) error { time.Sleep(5 * time.Second); return nil }
			o.Observe = func(cache.Event[string]) { time.Sleep(5 * time.Second) }
			o.Load = func(ctx context.Context, batch *cache.Batch[string]) {
				start := time.Now()
				b.load(ctx, batch)
				took.Add(int64(time.Since(start)))
			}
		})
		keys := numbered(10)
		c.GetMany(t.Context(), keys)
		for _, key := range keys {
			b.set(key, "new")
		}
		_ = c.Refresh(t.Context(), keys...)
		if took := took.Load(); took != 0 {
			t.Errorf("Settle took %v", time.Duration(took))
		}
		pass(time.Hour)
	})
}

func TestFirstSettleCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		batches := make(chan *cache.Batch[string], 1)
		c := newCache(t, &backend{}, func(o *cache.Options[string]) {
			o.Load = func(_ context.Context, b *cache.Batch[string]) {
				b.Settle(0, cache.Loaded[string]{Value: "first"})
				b.Settle(0, cache.Loaded[string]{Value: "second"})
				b.Settle(0, cache.Loaded[string]{Err: errGone})
				batches <- b
			}
		})
		want(t, c, "k", "first", nil)
		(<-batches).Settle(0, cache.Loaded[string]{Value: "late"})
		want(t, c, "k", "first", nil)
		if s := statOf(c, "k"); s.Err != nil || s.Value != "first" {
			t.Errorf("%+v", s)
		}
	})
}

// A loader that settles from goroutines of its own must not return before them:
// what it left is a failure, and what comes then is ignored.
func TestKeyThatTheLoaderLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Load = func(_ context.Context, b *cache.Batch[string]) {
				go func() {
					time.Sleep(time.Second)
					b.Settle(0, cache.Loaded[string]{Value: "late"})
				}()
				if len(b.Keys) > 1 {
					b.Settle(1, cache.Loaded[string]{Value: "in time"})
				}
			}
		})
		results := c.GetMany(t.Context(), []string{"a", "b"})
		if results[0].Err == nil || results[1].Value != "in time" || results[1].Err != nil {
			t.Errorf("%+v", results)
		}
		pass(time.Minute)
		if s := statOf(c, "a"); s.Known {
			t.Errorf("%+v, want the late answer to be ignored", s)
		}
	})
}

// hanging is a loader that ignores its context for keys that begin with h.
func hanging(b *backend, release <-chan struct{}) func(context.Context, *cache.Batch[string]) {
	return func(ctx context.Context, batch *cache.Batch[string]) {
		loaded := b.answer(ctx, batch.Keys)
		for i, key := range batch.Keys {
			if key[0] != 'h' {
				batch.Settle(i, loaded[i])
			}
		}
		for i, key := range batch.Keys {
			if key[0] == 'h' && batch.Purpose != cache.PurposeRead {
				<-release
			}
			batch.Settle(i, loaded[i])
		}
	}
}

func TestTimeoutIsABoundWhateverTheLoaderDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, release := &backend{}, make(chan struct{})
		const timeout, grace = 2 * time.Second, 200 * time.Millisecond
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Load, o.Timeout, o.MaxStale = hanging(b, release), timeout, time.Hour
		})
		keys := []string{"hangs", "fine", "well"}
		for _, key := range keys {
			use(t, c, key, key)
		}
		start := time.Now()
		errs := c.Refresh(t.Context(), keys...)
		if took := time.Since(start); took != timeout+grace {
			t.Errorf("Refresh took %v", took)
		}
		for i, err := range []error{cache.ErrTimeout, nil, nil} {
			if !errors.Is(errs[i], err) {
				t.Errorf("%q: %v, want %v", keys[i], errs[i], err)
			}
		}
		pass(ttl)
		for _, key := range keys {
			wantNow(t, c, key, key, nil)
		}
		if s := statOf(c, "hangs"); !s.Stale || !errors.Is(s.Err, cache.ErrTimeout) {
			t.Errorf("%+v, want it to be served past its TTL", s)
		}
		if events := b.seen(cache.KindStaleBegan); len(events) != 1 || events[0].Key != "hangs" {
			t.Errorf("events: %+v", events)
		}
		close(release)
		pass(time.Minute)
		if s := statOf(c, "hangs"); s.Stale || s.Err != nil {
			t.Errorf("%+v, want it healthy", s)
		}
	})
}

func TestPurposeTellsTheLoaderWhyAndWhetherToPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		type why struct {
			purpose cache.Purpose
			pass    bool
		}
		var mu sync.Mutex
		var got []why
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Load = func(ctx context.Context, batch *cache.Batch[string]) {
				mu.Lock()
				got = append(got, why{batch.Purpose, batch.Pass})
				mu.Unlock()
				b.load(ctx, batch)
			}
		})
		wants := func(what string, w why) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if len(got) != 1 || got[0] != w {
				t.Errorf("%s: %+v, want %+v", what, got, w)
			}
			got = nil
		}
		h, err := c.Watch(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		wants("Watch", why{cache.PurposeRead, false})
		pass(refreshed)
		wants("the TTL", why{cache.PurposeRefresh, false})
		refresh(t, c, "k")
		wants("Refresh", why{cache.PurposeForce, true})
		if _, err := h.Renew(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
		wants("Renew", why{cache.PurposeRefresh, true})
		c.Expect("k", nil, 0)
		wants("Expect", why{cache.PurposeRefresh, false})
		c.Invalidate("k")
		wants("Invalidate of a watched key", why{cache.PurposeRefresh, false})
		onChange(t, c, "told", nothing)
		wants("OnChange", why{cache.PurposeRefresh, false})
	})
}

// A loader may return while another goroutine still settles its key. Nobody comes back for
// that batch then, and its event is told all the same.
func TestEventOfAKeyThatIsSettledAsLoadReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		compares, resume := make(chan struct{}), make(chan struct{})
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Load = func(_ context.Context, batch *cache.Batch[string]) {
				if batch.Purpose == cache.PurposeRead {
					batch.Settle(0, cache.Loaded[string]{Value: "1"})
					return
				}
				go batch.Settle(0, cache.Loaded[string]{Value: "2"})
				<-compares
			}
			o.Equal = func(a, b string) bool {
				close(compares)
				<-resume
				return a == b
			}
		})
		want(t, c, "k", "1", nil)
		go c.Refresh(t.Context(), "k")
		synctest.Wait()
		close(resume)
		time.Sleep(time.Second)
		if n := len(b.seen(cache.KindRefreshDone)); n != 1 {
			t.Errorf("%d events of the load, want 1", n)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown waits for nothing: %v", err)
		}
	})
}
