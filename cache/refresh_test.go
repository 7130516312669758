package cache_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestRefreshOvertakesALoadUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		b.set("k", "old")
		resume := b.stop()
		c := newCache(t, b)
		slow := make(chan string)
		go func() {
			v, err := c.Get(t.Context(), "k")
			if err != nil {
				t.Errorf("Get: %v", err)
			}
			slow <- v
		}()
		synctest.Wait()
		b.set("k", "new")
		fast := b.stop()
		fast() // loads that begin from now on are not held
		if err := errors.Join(c.Refresh(t.Context(), "k")...); err != nil {
			t.Fatalf("Refresh: %v", err)
		}
		wantNow(t, c, "k", "new", nil)
		resume()
		if v := <-slow; v != "new" {
			t.Errorf("the reader that was overtaken got %q, want the newer answer", v)
		}
		wantNow(t, c, "k", "new", nil)
		wantLoads(t, b, 2)
	})
}

func TestLoadThatARefreshOvertookInVainIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		want(t, c, "k", "k", nil)
		pass(ttl)
		b.set("k", "new")
		resume := b.stop()
		done := make(chan error)
		go func() {
			_, err := c.Get(t.Context(), "k")
			done <- err
		}()
		synctest.Wait()
		b.stop()()
		b.fail("k", errBroken)
		if err := errors.Join(c.Refresh(t.Context(), "k")...); !errors.Is(err, errBroken) {
			t.Errorf("Refresh: %v", err)
		}
		resume()
		if err := <-done; err != nil {
			t.Errorf("Get: %v", err)
		}
		wantNow(t, c, "k", "new", nil)
		wantLoads(t, b, 3)
	})
}

func TestGoneIsNotUndoneByAnOlderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		resume := b.stop()
		c := newCache(t, b, withNegativeTTL)
		done := make(chan error)
		go func() {
			_, err := c.Get(t.Context(), "k")
			done <- err
		}()
		synctest.Wait()
		b.stop()()
		b.fail("k", errGone)
		if err := errors.Join(c.Refresh(t.Context(), "k")...); !errors.Is(err, errGone) {
			t.Errorf("Refresh: %v", err)
		}
		resume()
		<-done // either answer was true while it waited
		want(t, c, "k", "", errGone)
	})
}

func TestRefreshesThatWaitTogetherShareALoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := stamped(&backend{delay: time.Second})
		c := newCache(t, b)
		if _, err := c.Get(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				called := time.Now()
				if err := errors.Join(c.Refresh(t.Context(), "k")...); err != nil {
					t.Errorf("Refresh: %v", err)
				}
				stamp, err := c.Get(t.Context(), "k")
				if age := ageOf(t, stamp); err != nil || age > time.Since(called) {
					t.Errorf("after a Refresh %v ago the value is %v old, %v", time.Since(called), age, err)
				}
			})
		}
		wg.Wait()
		wantLoads(t, b, 3)
	})
}

func TestRefreshTellsWhichKeysFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withFields, withStale)
		use(t, c, "kept", "kept")
		b.fail("broken", errBroken)
		b.fail("gone", errGone)
		errs := c.Refresh(t.Context(), "fine", "broken", "kept", "gone", "gone", "fine#", "fine#x")
		for i, e := range []error{nil, errBroken, nil, errGone, errGone, errBadKey, errNoField} {
			if !errors.Is(errs[i], e) {
				t.Errorf("Refresh: error %d is %v, want %v", i, errs[i], e)
			}
		}
		wantLoads(t, b, 2)
		if keys := b.loads()[1].keys; len(keys) != 4 {
			t.Errorf("loaded %q, want each key once", keys)
		}
		b.fail("", errDown)
		if err := errors.Join(c.Refresh(t.Context(), "kept")...); !errors.Is(err, errDown) {
			t.Errorf("Refresh: %v", err)
		}
		wantNow(t, c, "kept", "kept", nil) // until its TTL ends
		if errs := c.Refresh(t.Context()); len(errs) != 0 {
			t.Errorf("Refresh of nothing: %v", errs)
		}
	})
}

func TestInvalidateDropsWhatIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		b.set("doc", "a=1")
		c := newCache(t, b, withFields)
		use(t, c, "k", "k")
		use(t, c, "doc#a", "1")
		b.set("k", "new")
		b.set("doc", "a=2")
		c.Invalidate("k", "doc#a", "unknown")
		wantLoads(t, b, 2)
		want(t, c, "k", "new", nil)
		want(t, c, "doc#a", "2", nil)
		wantLoads(t, b, 4)
		b.fail("", errDown)
		c.Invalidate("k")
		want(t, c, "k", "", errDown)
	})
}

func TestInvalidateLoadsWatchedKeysAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		h, err := c.Watch(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		b.set("k", "new")
		c.Invalidate("k")
		wantLoads(t, b, 2)
		if v := h.Current(); v != "new" {
			t.Errorf("Current() = %q, want what the backend has", v)
		}
	})
}

func TestInvalidateOfOneDocumentByManyKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		b.set("doc", "a=1 b=1")
		c := newCache(t, b, withFields)
		d.of(t, c, "doc#a")
		b.set("doc", "a=2 b=2")
		c.Invalidate("doc", "doc#b", "doc", "doc#a", "doc#")
		d.wants(t, "doc#a: 1 > 2")
		wantLoads(t, b, 2)
		b.set("doc", "a=3 b=3")
		c.Invalidate("doc#b") // of which only its document is kept
		d.wants(t, "doc#a: 1 > 2", "doc#a: 2 > 3")
		wantLoads(t, b, 3)
	})
}

func TestInvalidateForgetsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withNegativeTTL)
		b.fail("k", errGone)
		want(t, c, "k", "", errGone)
		b.fail("k", nil)
		want(t, c, "k", "", errGone)
		c.Invalidate("k")
		want(t, c, "k", "k", nil)
	})
}

func TestInvalidateDuringALoad(t *testing.T) {
	for _, watched := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := &backend{}
			c := newCache(t, b)
			b.set("k", "old")
			if watched {
				if _, err := c.Watch(t.Context(), "k"); err != nil {
					t.Fatal(err)
				}
			}
			resume := b.stop()
			done := make(chan error)
			go func() { done <- errors.Join(c.Refresh(t.Context(), "k")...) }()
			synctest.Wait()
			b.stop()() // loads that begin from now on are not held
			b.set("k", "new")
			c.Invalidate("k")
			synctest.Wait()
			resume() // and the load that was under way returns the old value
			if err := <-done; err != nil {
				t.Errorf("Refresh: %v", err)
			}
			want(t, c, "k", "new", nil)
			wantNow(t, c, "k", "new", nil)
		})
	}
}
