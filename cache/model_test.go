package cache_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// model is the state that a key must have according to the promises. It follows
// the outcomes of the loads and knows nothing of how the cache plans them.
type model struct {
	value     string
	kept      bool
	confirmed time.Time // when the load of value began
	began     int       // the number of the newest load that counts
	failure   error     // of the last load, if it failed
	broke     bool      // a load was broken since the last good one
	gone      time.Time // until when errGone is remembered
}

// ended takes in the outcome of the load with this number.
func (m *model) ended(number int, started time.Time, value string, err error) {
	if number < m.began {
		return // it was overtaken
	}
	expiry := m.confirmed.Add(ttl)
	switch m.failure = err; {
	case err == nil:
		*m = model{value: value, kept: true, confirmed: started, began: number}
	case errors.Is(err, errGone):
		m.kept, m.began, m.gone = false, number, time.Now().Add(modelNegative)
	case errors.Is(err, errBroken):
		m.broke = true
		m.kept = m.kept && time.Now().Before(expiry)
	default:
		m.kept = m.kept && time.Now().Before(expiry.Add(maxStale))
	}
}

func (m *model) invalidated(number int) {
	*m = model{began: number}
}

// allows reports whether Get may return this now.
func (m *model) allows(value string, err error) bool {
	expiry := m.confirmed.Add(ttl)
	fresh := m.kept && time.Now().Before(expiry)
	stale := m.kept && errors.Is(m.failure, errDown) && time.Now().Before(expiry.Add(maxStale))
	switch {
	case err == nil:
		return value == m.value && (fresh || stale)
	case fresh, stale && !m.broke:
		return false
	case errors.Is(err, errGone) && time.Now().Before(m.gone):
		return true
	}
	return m.failure != nil && errors.Is(err, m.failure)
}

const modelNegative = 5 * time.Second

// world is a backend with models of its keys, and what was told of them.
type world struct {
	t      *testing.T
	cache  *cache.Cache[string]
	mu     sync.Mutex
	rng    *rand.Rand
	number int // of loads and of calls of Invalidate and Refresh
	values map[string]int
	errs   map[string]error
	models map[string]*model
	told   map[string]string

	handles map[string]*cache.Handle[string]
	stops   map[string]func()
}

func (w *world) roll(sides int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rng.IntN(sides)
}

func (w *world) next() int {
	w.number++
	return w.number
}

func (w *world) load(ctx context.Context, keys []string) []cache.Loaded[string] {
	w.mu.Lock()
	number, started := w.next(), time.Now()
	loaded := make([]cache.Loaded[string], len(keys))
	for i, key := range keys {
		loaded[i] = cache.Loaded[string]{Value: fmt.Sprintf("%s%06d", key, w.values[key]), Err: w.errs[key], Origin: key}
	}
	delay := []time.Duration{0, 0, 300 * time.Millisecond, 3 * time.Second}[w.rng.IntN(4)]
	w.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done(): // at Close
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, key := range keys {
		w.models[key].ended(number, started, loaded[i].Value, loaded[i].Err)
	}
	return loaded
}

func (w *world) get(key string) {
	w.mu.Lock()
	before := *w.models[key]
	w.mu.Unlock()
	value, err := w.cache.Get(w.t.Context(), key)
	w.mu.Lock()
	defer w.mu.Unlock()
	// A refresh that this Get set off may have ended since.
	if after := w.models[key]; !before.allows(value, err) && !after.allows(value, err) {
		w.t.Fatalf("Get(%q) = %q, %v\nbefore: %+v\nafter: %+v\nnow: %v", key, value, err, before, *after, time.Now())
	}
}

func (w *world) refresh(key string) {
	w.mu.Lock()
	call := w.next()
	w.mu.Unlock()
	err := errors.Join(w.cache.Refresh(w.t.Context(), key)...)
	w.mu.Lock()
	defer w.mu.Unlock()
	if m := w.models[key]; err == nil && m.began < call {
		w.t.Fatalf("after Refresh(%q) the last load is number %d, from before call %d", key, m.began, call)
	}
}

func (w *world) invalidate(key string) {
	w.mu.Lock()
	w.models[key].invalidated(w.next())
	w.mu.Unlock()
	w.cache.Invalidate(key)
}

func (w *world) watch(key string) {
	if h := w.handles[key]; h != nil {
		h.Stop()
		w.stops[key]()
		delete(w.handles, key)
		return
	}
	h, err := w.cache.Watch(w.t.Context(), key)
	if err != nil {
		return
	}
	w.handles[key] = h
	w.mu.Lock()
	w.told[key] = ""
	w.mu.Unlock()
	w.stops[key], err = w.cache.OnChange(key, w.tell)
	if err != nil {
		w.t.Fatal(err)
	}
}

// tell hears of changes. Values count up, so they come in order.
func (w *world) tell(_ context.Context, c cache.Change[string]) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if last := w.told[c.Key]; c.Old >= c.New || last != "" && c.Old != last {
		w.t.Errorf("told of %q > %q after %q", c.Old, c.New, last)
	}
	if w.rng.IntN(5) == 0 {
		return errBroken
	}
	w.told[c.Key] = c.New
	return nil
}

func (w *world) step(key string) {
	switch n := w.roll(100); {
	case n < 40:
		w.get(key)
	case n < 65:
		pass(time.Duration(w.roll(int(ttl) >> w.roll(8))))
	case n < 75:
		w.mu.Lock()
		w.values[key]++
		w.mu.Unlock()
	case n < 85:
		w.mu.Lock()
		w.errs[key] = []error{nil, nil, errDown, errDown, errGone, errBroken}[w.rng.IntN(6)]
		w.mu.Unlock()
	case n < 92:
		w.refresh(key)
	case n < 95:
		w.invalidate(key)
	default:
		w.watch(key)
	}
	synctest.Wait()
	if err := w.cache.Check(); err != nil {
		w.t.Fatal(err)
	}
}

// settle lets all be well for a while; then every watcher knows what there is.
func (w *world) settle() {
	w.mu.Lock()
	clear(w.errs)
	w.mu.Unlock()
	pass(time.Hour)
	for key := range w.handles {
		w.get(key)
	}
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, h := range w.handles {
		if m := w.models[key]; h.Current() != m.value {
			w.t.Errorf("Current() of %q is %q, want %q", key, h.Current(), m.value)
		}
		if told := w.told[key]; told != "" && told != h.Current() {
			w.t.Errorf("the last value told of %q is %q, want %q", key, told, h.Current())
		}
	}
}

func TestPromisesHoldInAnyOrderOfEvents(t *testing.T) {
	keys := []string{"a", "b", "c"}
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{
					t: t, rng: rand.New(rand.NewPCG(seed, 0)),
					values: map[string]int{}, errs: map[string]error{}, models: map[string]*model{}, told: map[string]string{},
					handles: map[string]*cache.Handle[string]{}, stops: map[string]func(){},
				}
				for _, key := range keys {
					w.models[key] = &model{}
				}
				w.cache = newCache(t, &backend{}, withStale, func(o *cache.Options[string]) {
					o.Load, o.NegativeTTL = answering(w.load), modelNegative
				})
				for range 2000 {
					w.step(keys[w.roll(len(keys))])
				}
				w.settle()
			})
		})
	}
}
