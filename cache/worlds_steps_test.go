package cache_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// check looks at one answer: what it says, and how long it took.
func (w *anything) check(key, value string, err error, start time.Time) {
	doc, field, _ := strings.Cut(key, "#")
	if took := time.Since(start); took > worldTimeout*2 {
		w.t.Errorf("%q took %v", key, took)
	}
	known := []error{
		errDown, errGone, errBroken, errNoField, cache.ErrRefused, cache.ErrTimeout, context.DeadlineExceeded, context.Canceled,
	}
	version := 0
	switch {
	case err != nil:
		for _, e := range known {
			if errors.Is(err, e) {
				return
			}
		}
		if !strings.Contains(err.Error(), "did not answer the key") {
			w.t.Errorf("%q: %v", key, err)
		}
		return
	case field == "x":
		fmt.Sscan(value, &version)
	case field == "y":
		return // several versions have the same; GetMany holds it against x
	default:
		version = versionOf(w.t, value)
	}
	w.may(doc, version, start)
}

func (w *anything) read(ctx context.Context, key string) {
	start := time.Now()
	v, _, err := w.cache.Read(ctx, key)
	w.check(key, v, err, start)
}

// getMany reads fields of one document, which have to be of one version.
func (w *anything) getMany(doc string) {
	start, keys := time.Now(), []string{doc + "#x", doc, doc + "#y", doc + "#x", doc + "#none"}
	r := w.cache.GetMany(w.t.Context(), keys)
	for i := range r {
		w.check(keys[i], r[i].Value, r[i].Err, start)
	}
	if r[1].Err != nil {
		return
	}
	version := versionOf(w.t, r[1].Value)
	if x := fmt.Sprint(version); r[0].Err != nil || r[0].Value != x || r[3].Value != x {
		w.t.Errorf("%q: field %+v of document %+v", doc, r[0], r[1])
	}
	if (r[2].Err == nil) != strings.Contains(r[1].Value, "y=") || r[2].Err == nil && r[2].Value != fmt.Sprint(version/2) {
		w.t.Errorf("%q: field %+v of document %+v", doc, r[2], r[1])
	}
}

// refresh begins a load after the call, and what it brought is the least that a
// reader may get.
func (w *anything) refresh(doc string) {
	w.mu.Lock()
	before, least := w.number, w.version[doc]
	if w.lag[doc] {
		least--
	}
	w.mu.Unlock()
	if errs := w.cache.Refresh(w.t.Context(), doc, doc+"#x"); errs[0] != nil {
		return
	}
	if v, err := w.cache.Get(w.t.Context(), doc); err == nil && versionOf(w.t, v) < least {
		w.t.Errorf("after Refresh %q is in version %d, and was in %d at least when that began", doc, versionOf(w.t, v), least)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.outcomes[doc] {
		if o.number > before && o.err == nil {
			return
		}
	}
	w.t.Errorf("Refresh(%q) said that it read it, and did not: %+v", doc, w.outcomes[doc])
}

func (w *anything) watch(key string) {
	if h := w.handles[key]; h != nil {
		if w.roll(3) > 0 {
			used := h.Current()
			changed, err := h.Renew(w.t.Context(), used)
			if now := h.Current(); changed != (now != used) && err == nil {
				w.t.Errorf("Renew(%q) = %v, and the value is %q", used, changed, now)
			}
			return
		}
		h.Stop()
		delete(w.handles, key)
		return
	}
	if h, err := w.cache.Watch(w.t.Context(), key); err == nil {
		w.handles[key] = h
	}
}

// onChange adds a callback, which may fail or take its time, or ends one.
func (w *anything) onChange(key string) {
	if n := len(w.stops); n > 5 {
		w.stops[w.roll(n)]()
		return
	}
	id := len(w.stops)
	stop, err := w.cache.OnChange(key, func(ctx context.Context, c cache.Change[string]) error {
		switch w.roll(8) {
		case 0:
			return errBroken
		case 1:
			time.Sleep(2 * time.Second)
		case 2:
			<-time.After(3 * time.Minute) // whatever ctx says
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if last, ok := w.told[id]; ok && c.Old != last || c.Old == c.New || c.At.IsZero() || c.At.After(time.Now()) {
			w.t.Errorf("callback %d of %q: told %q > %q at %v after %q", id, key, c.Old, c.New, c.At, last)
		}
		w.told[id] = c.New
		return nil
	})
	if err != nil {
		w.t.Error(err)
		return
	}
	w.stops = append(w.stops, stop)
}

func (w *anything) change(doc string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch w.rng.IntN(8) {
	case 0:
		w.errs[doc] = []error{errDown, errGone, errBroken}[w.rng.IntN(3)]
	case 1, 2:
		delete(w.errs, doc)
	case 3:
		w.lag[doc] = !w.lag[doc]
	default:
		w.version[doc]++
	}
}

func (w *anything) step() {
	doc := string(rune('a' + w.roll(4)))
	key := doc + []string{"", "#x", "#y", "#none"}[w.roll(4)]
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Duration(1+w.roll(30))*time.Second)
	defer cancel()
	switch n := w.roll(100); {
	case n < 20:
		w.read(ctx, key)
	case n < 30:
		go w.read(w.t.Context(), key)
	case n < 40:
		w.getMany(doc)
	case n < 60:
		time.Sleep(time.Duration(w.roll(int(ttl) >> w.roll(8))))
	case n < 75:
		w.change(doc)
	case n < 80:
		w.refresh(doc)
	case n < 84:
		go w.cache.Refresh(ctx, doc, "a")
	case n < 87:
		w.mu.Lock()
		w.dropped[doc] = append(w.dropped[doc], time.Now())
		w.mu.Unlock()
		w.cache.Invalidate(key)
	case n < 92:
		w.watch(key)
	case n < 95:
		w.onChange(key)
	case n < 98:
		name := []string{doc, "alias of " + doc, "nobody"}[w.roll(3)]
		served := []func(string) bool{nil, func(v string) bool { return strings.Contains(v, "5") }}[w.roll(2)]
		w.cache.Expect(name, served, time.Duration(w.roll(5))*time.Second)
	default:
		w.cache.Stat(key)
		w.cache.Stats()
	}
	w.invariants()
}

func (w *anything) invariants() {
	synctest.Wait()
	if err := w.cache.Check(); err != nil {
		w.t.Fatal(err)
	}
}

// settle lets all be well for long, after a change by so many versions; then all
// who watch know what there is, even if that is older than what was there before.
func (w *anything) settle(by int) {
	w.mu.Lock()
	clear(w.errs)
	clear(w.lag)
	for doc, version := range w.version {
		version = max(version+by, 0)
		for bad(version) || version%11 == 7 { // it is refused, or has a field missing
			version++
		}
		w.version[doc] = version
	}
	w.mu.Unlock()
	pass(24 * time.Hour)
	for key := range w.handles { // what is not kept is not refreshed by itself
		for w.cache.Refresh(w.t.Context(), key)[0] != nil {
		}
	}
	w.invariants()
	for key, h := range w.handles {
		doc, field, _ := strings.Cut(key, "#")
		want := map[string]string{"": document(w.version[doc]), "x": fmt.Sprint(w.version[doc]), "y": fmt.Sprint(w.version[doc] / 2)}[field]
		if h.Current() != want {
			w.t.Errorf("Current() of %q is %q, want %q", key, h.Current(), want)
		}
	}
}

func TestAnythingInAnyOrder(t *testing.T) {
	for seed := *firstSeed; seed < *firstSeed+uint64(*worlds); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newAnything(t, seed)
				for _, doc := range []string{"a", "b", "c", "d"} {
					w.version[doc] = 0
					for { // a first value is not asked about, so it has to be a good one
						if _, err := w.cache.Get(t.Context(), doc); err == nil {
							break
						}
					}
				}
				for range 400 {
					w.step()
				}
				w.settle(5)
				w.settle(-4)
				w.cache.Close()
				if err := w.cache.Shutdown(context.Background()); err != nil {
					t.Error(err)
				}
				pass(2 * worldHang)
			})
		})
	}
}

// pause lets the bubble's clock move on.
func pause(d time.Duration) {
	time.Sleep(d)
}
