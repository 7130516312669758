package cache_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// story returns the kinds of the events but those of single loads and retries.
func (b *backend) story() (kinds []cache.Kind) {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		if e.Kind != cache.KindLoadDone && e.Kind != cache.KindRefreshDone && e.Kind != cache.KindRetryPlanned {
			kinds = append(kinds, e.Kind)
		}
	}
	b.events = nil
	return kinds
}

func (b *backend) wantStory(t *testing.T, when string, kinds ...cache.Kind) {
	t.Helper()
	if got := b.story(); !slices.Equal(got, kinds) {
		t.Errorf("%s: events %v, want %v", when, got, kinds)
	}
}

func TestGoneAndAppearedAreToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		b.fail("k", errGone)
		onChange(t, c, "k", nothing)
		pass(10 * ttl)
		b.wantStory(t, "at the first look", cache.KindGone)
		if s := statOf(c, "k"); !s.Gone {
			t.Errorf("%+v, want it gone", s)
		}
		b.fail("k", nil)
		pass(10 * ttl)
		b.wantStory(t, "when it is there", cache.KindAppeared)
		if s := statOf(c, "k"); s.Gone || s.Failures != 0 {
			t.Errorf("%+v, want it healthy", s)
		}
		b.fail("k", errGone)
		pass(10 * ttl)
		b.wantStory(t, "when it is gone", cache.KindGone)
		b.fail("k", errDown)
		pass(10 * ttl)
		if s := statOf(c, "k"); s.Gone {
			t.Errorf("%+v, want the last outcome", s)
		}
		b.wantStory(t, "while the backend is down")
		b.fail("k", nil)
		pass(10 * ttl)
		b.wantStory(t, "when it is back as it was", cache.KindAppeared)
		b.fail("k", errGone)
		pass(10 * ttl)
		b.set("k", "new")
		b.fail("k", nil)
		pass(10 * ttl)
		b.wantStory(t, "when it comes back as another one", cache.KindGone, cache.KindAppeared, cache.KindRotated)
	})
}

func TestGoneOfWhatNobodyWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withNegativeTTL)
		b.fail("never", errGone)
		want(t, c, "never", "", errGone)
		b.wantStory(t, "of a name that never was")
		want(t, c, "k", "k", nil)
		b.fail("k", errGone)
		pass(ttl)
		want(t, c, "k", "", errGone)
		b.wantStory(t, "of one that had a value", cache.KindGone)
		onChange(t, c, "never", nothing)
		pass(ttl)
		b.wantStory(t, "of one that is watched from now on", cache.KindGone)
	})
}

func TestRecoveredTellsHowManyFailed(t *testing.T) {
	tests := []struct {
		name     string
		failure  error
		lasts    time.Duration
		stale    time.Duration
		kinds    []cache.Kind
		attempts bool
	}{
		{"after one failure", errDown, 0, 0, nil, false},
		{"after several", errDown, 3 * time.Second, 0, []cache.Kind{cache.KindRecovered}, true},
		{"after several broken ones", errBroken, 3 * time.Second, 0, []cache.Kind{cache.KindRecovered}, true},
		{"after a stale value", errDown, ttl, time.Hour, []cache.Kind{cache.KindStaleBegan, cache.KindRecovered}, true},
		{"after a stale value ended", errDown, 3 * ttl, time.Minute, []cache.Kind{cache.KindStaleBegan, cache.KindRecovered}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b, func(o *cache.Options[string]) { o.MaxStale = tt.stale })
				watchOf(t, c, "k")
				pass(refreshed - time.Millisecond)
				b.fail("k", tt.failure)
				pass(time.Millisecond + tt.lasts)
				failures := statOf(c, "k").Failures
				b.fail("k", nil)
				pass(2 * time.Minute)
				events := b.seen(cache.KindRecovered)
				if tt.attempts && (len(events) != 1 || events[0].Attempt != failures || events[0].Value != "k") {
					t.Errorf("events %+v, want one with %d failures", events, failures)
				}
				b.wantStory(t, tt.name, tt.kinds...)
			})
		})
	}
}

func TestAbsentWatchedKeyIsLookedForAtTheLoadersPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{adorn: func(_ string, l *cache.Loaded[string]) { l.LookAgain = 2 * time.Second }}
		c := newCache(t, b, func(o *cache.Options[string]) { o.NegativeTTL = 500 * time.Millisecond })
		b.fail("k", errGone)
		onChange(t, c, "k", nothing)
		pass(time.Minute)
		if n := len(b.loads()); n != 31 {
			t.Errorf("%d looks in a minute, want one each two seconds", n)
		}
		want(t, c, "k", "", errGone) // the next look but one is a reader's
		pass(600 * time.Millisecond)
		before := len(b.loads())
		want(t, c, "k", "", errGone)
		wantLoads(t, b, before+1)
		want(t, c, "unwatched", "unwatched", nil)
	})
}

// A gate that is closed is not asked before it opens; where the cache's own back-off is
// longer, that holds.
func TestTransientFailureIsNotTriedAgainBeforeTheGateOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const closed = 3 * time.Second
		b := &backend{}
		b.adorn = func(_ string, l *cache.Loaded[string]) {
			if l.Err != nil {
				l.NotBefore = time.Now().Add(closed)
			}
		}
		c := newCache(t, b, func(o *cache.Options[string]) { o.MaxStale = time.Hour })
		watchOf(t, c, "k")
		b.fail("", errDown)
		pass(refreshed)
		at := time.Now()
		pass(10 * time.Minute)
		calls := loadTimes(b, 1, at)
		if len(calls) < 10 || calls[1] != closed || calls[2] != 2*closed {
			t.Errorf("loads after %v, want the first ones each %v", calls, closed)
		}
		if last := len(calls) - 1; last > 30 || calls[last]-calls[last-1] < 30*time.Second {
			t.Errorf("loads after %v, want the last ones far apart", calls)
		}
	})
}

func TestTransientFailureIsTriedAgainWhenTheLoaderSaysSo(t *testing.T) {
	for _, in := range []time.Duration{100 * time.Millisecond, 10 * time.Second, 5 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			b := &backend{}
			b.adorn = func(_ string, l *cache.Loaded[string]) {
				if l.Err != nil {
					l.RetryAt = time.Now().Add(in)
				}
			}
			c := newCache(t, b, func(o *cache.Options[string]) { o.MaxStale = time.Hour })
			watchOf(t, c, "k")
			b.fail("", errDown)
			pass(refreshed)
			at := time.Now()
			pass(2 * in)
			calls := loadTimes(b, 1, at)
			if len(calls) != 3 || calls[0] != 0 || calls[1] != in || calls[2] != 2*in {
				t.Errorf("loads after %v, want one each %v", calls, in)
			}
		})
	}
}

// A key of a batch is settled, and another one is waited for. What happened to the
// first is told soon, and not only when the batch is through.
func TestEventsDoNotWaitForTheRestOfTheBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, rest := &backend{}, make(chan struct{})
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Load = func(_ context.Context, batch *cache.Batch[string]) {
				for i, key := range batch.Keys {
					if i == 2 {
						<-rest
					}
					batch.Settle(i, cache.Loaded[string]{Value: key, Origin: "backend"})
				}
			}
		})
		go c.GetMany(t.Context(), numbered(4))
		pass(time.Second)
		if n := len(b.seen(cache.KindLoadDone)); n != 2 {
			t.Errorf("%d events while two keys are waited for, want those of the other two", n)
		}
		close(rest)
		if n := len(b.seen(cache.KindLoadDone)); n != 4 {
			t.Errorf("%d events of four keys", n)
		}
	})
}
