package cache_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux/cache"
)

var (
	worlds    = flag.Int("worlds", 30, "how many random worlds TestAnythingInAnyOrder goes through")
	firstSeed = flag.Uint64("seed", 1, "the seed of the first of them")
)

const (
	worldTimeout = 5 * time.Second
	worldHang    = time.Minute // a load that ignores its context
)

// outcome is how one load of one key ended, as the backend knows it.
type outcome struct {
	number       int // in the order in which loads began
	began, ended time.Time
	version      int
	ttl          time.Duration
	err          error
}

func (o outcome) String() string {
	result := fmt.Sprint("version ", o.version, ", ttl ", o.ttl)
	if o.err != nil {
		result = o.err.Error()
	}
	return fmt.Sprintf("\n\t%d: %s to %s, %s", o.number, o.began.Format("04:05.000"), o.ended.Format("04:05.000"), result)
}

// anything is a backend and a cache with options, and what happened. It knows
// nothing of how the cache works: it looks at each answer and asks whether that
// may be.
type anything struct {
	t     *testing.T
	opts  cache.Options[string]
	cache *cache.Cache[string]

	mu       sync.Mutex
	rng      *rand.Rand
	number   int
	version  map[string]int
	lag      map[string]bool // answers are from before the last change
	errs     map[string]error
	outcomes map[string][]outcome
	dropped  map[string][]time.Time // calls of Invalidate
	told     map[int]string         // by callback

	handles map[string]*cache.Handle[string]
	stops   []func()
}

// document is what the backend holds of a version: an order, and two fields, of
// which one changes each time and one now and then, and is missing once.
func document(version int) string {
	text := fmt.Sprintf("n=%06d x=%d", version, version)
	if version%11 != 7 {
		text += fmt.Sprintf(" y=%d", version/2)
	}
	return text
}

func versionOf(t *testing.T, text string) (version int) {
	if _, err := fmt.Sscanf(text, "n=%d", &version); err != nil {
		t.Errorf("%q is not a document", text)
	}
	return version
}

// bad is what Validate refuses.
func bad(version int) bool { return version%5 == 3 }

func newAnything(t *testing.T, seed uint64) *anything {
	w := &anything{
		t: t, rng: rand.New(rand.NewPCG(seed, 1)), version: map[string]int{}, lag: map[string]bool{}, errs: map[string]error{},
		outcomes: map[string][]outcome{}, dropped: map[string][]time.Time{}, told: map[int]string{}, handles: map[string]*cache.Handle[string]{},
	}
	pick := func(d ...time.Duration) time.Duration { return d[w.rng.IntN(len(d))] }
	w.opts = cache.Options[string]{
		Load: w.load, Equal: func(a, b string) bool { return a == b }, Judge: judge, Timeout: worldTimeout,
		TTL: pick(ttl, ttl, 10*time.Second), MaxStale: pick(0, maxStale), NegativeTTL: pick(0, 5*time.Second),
		Grace: pick(0, 90*time.Second), MaxEntries: int(pick(0, 0, 7)), CallbackTimeout: pick(0, time.Second, -1),
		Older:   func(a, b string) bool { return versionOf(t, a) < versionOf(t, b) },
		Follows: func(key string) []string { return []string{strings.ToUpper(key)} },
	}
	if p := (&parser{}); w.rng.IntN(2) == 0 {
		p.option(&w.opts)
	} else {
		w.opts.View = fields
	}
	if w.rng.IntN(2) == 0 {
		w.opts.Digest = digestOf
		w.opts.Validate = func(_ context.Context, c cache.Change[string]) error {
			pause(time.Duration(w.roll(2)) * time.Second)
			if bad(versionOf(t, c.New)) {
				return errBroken
			}
			return nil
		}
	}
	if w.rng.IntN(2) == 0 {
		w.opts.Observe = func(cache.Event[string]) {}
	}
	var err error
	if w.cache, err = cache.New(w.opts); err != nil {
		t.Fatal(err)
	}
	if seed%2 == 0 {
		w.cache.KeepGoroutine()
	}
	return w
}

func (w *anything) roll(sides int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rng.IntN(sides)
}

// load settles the keys of a batch in any order, each at its own time, or not at
// all.
func (w *anything) load(ctx context.Context, b *cache.Batch[string]) {
	w.mu.Lock()
	order := w.rng.Perm(len(b.Keys))
	w.number++
	outcomes := make([]outcome, len(b.Keys))
	for i, key := range b.Keys {
		o := outcome{number: w.number, began: time.Now(), version: w.version[key], ttl: w.opts.TTL, err: w.errs[key]}
		if w.lag[key] && o.version > 0 && w.rng.IntN(2) == 0 {
			o.version--
		}
		outcomes[i] = o
	}
	w.mu.Unlock()
	for _, i := range order {
		if !w.wait(ctx) {
			continue
		}
		b.Settle(i, w.answer(b.Keys[i], outcomes[i]))
	}
}

// wait takes its time, and reports whether the key is to be settled.
func (w *anything) wait(ctx context.Context) bool {
	switch w.roll(20) {
	case 0:
		return false
	case 1:
		pause(worldHang)
		return ctx.Err() == nil
	case 2, 3, 4, 5:
		select {
		case <-time.After(time.Duration(1+w.roll(4)) * time.Second):
		case <-ctx.Done():
			return false
		}
	case 6, 7, 8:
		pause(300 * time.Millisecond)
	}
	return true
}

func (w *anything) answer(key string, o outcome) cache.Loaded[string] {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := cache.Loaded[string]{Value: document(o.version), Origin: key[:1], Err: o.err, Alias: "alias of " + key[:1]}
	switch w.rng.IntN(12) {
	case 0:
		o.ttl = 0
		l.TTL = &o.ttl
	case 1:
		o.ttl = 3 * time.Second
		l.TTL = &o.ttl
	case 2:
		l.Expires = time.Now().Add(2 * time.Second)
		o.ttl = 2*time.Second + time.Since(o.began)
	case 3:
		l.RetryAt, l.LookAgain = time.Now().Add(time.Second), 2*time.Second
	}
	if l.Err != nil {
		l.Value = ""
	}
	o.ended = time.Now()
	w.outcomes[key] = append(w.outcomes[key], o)
	return l
}

// overtaken reports whether o came too late to count: after an Invalidate, or after what
// began later.
func (w *anything) overtaken(key string, o outcome) bool {
	for _, at := range w.dropped[key] {
		if !at.Before(o.began) && !at.After(o.ended) {
			return true
		}
	}
	for _, other := range w.outcomes[key] {
		if other.number > o.number && !other.ended.After(o.ended) {
			return true
		}
	}
	return false
}

// may fails the test unless Get may return this version of a document that it was
// asked for at start.
func (w *anything) may(key string, version int, start time.Time) {
	if w.opts.Validate != nil && bad(version) {
		w.t.Errorf("%q is served in version %d, which is refused", key, version)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	from, revoked := 0, 0
	for _, o := range w.outcomes[key] {
		if errors.Is(o.err, errGone) && o.ended.Before(start) && !w.overtaken(key, o) {
			revoked = max(revoked, o.number)
		}
	}
	for _, o := range w.outcomes[key] {
		if o.err == nil && o.version == version && o.number > revoked && from == 0 {
			from = o.number
		}
	}
	if from == 0 {
		w.t.Errorf("%q is served in version %d, which no load brought since it was gone: %v", key, version, w.outcomes[key])
	}
	for _, o := range w.outcomes[key] {
		until := o.began.Add(o.ttl)
		if o.version != version { // refused, or from before it: the one that is known goes on
			until = o.ended.Add(2*w.opts.TTL + 5*time.Second)
		}
		// Validate takes up to a second, in which a reader may join.
		counts := o.err == nil && o.number >= from && from > 0
		if counts && (o.ended.Add(time.Second).After(start) || !start.After(until.Add(w.opts.MaxStale))) {
			return
		}
	}
	w.t.Errorf("%q is served in version %d from %s to %s, too long after its last load or after it was gone: %v",
		key, version, start.Format("04:05.000"), time.Now().Format("04:05.000"), w.outcomes[key])
}
