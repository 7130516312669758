package cache_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// The failures of a backend, one for each verdict.
var (
	errDown   = errors.New("the backend is down")
	errGone   = errors.New("there is no such key")
	errBroken = errors.New("the answer makes no sense")

	errBadKey  = errors.New("no such view")
	errNoField = errors.New("no such field")
)

func judge(err error) cache.Verdict {
	switch {
	case errors.Is(err, errDown), errors.Is(err, context.DeadlineExceeded), errors.Is(err, cache.ErrTimeout):
		return cache.VerdictTransient
	case errors.Is(err, errGone):
		return cache.VerdictGone
	}
	return cache.VerdictFailed
}

// ttl is the TTL of the caches of newCache. Without jitter and delay, a used key
// is refreshed at nine tenths of it.
const (
	ttl       = time.Minute
	refreshed = ttl * 9 / 10
)

// backend is what a cache under test loads from. A key that was not set is its
// own value.
type backend struct {
	mu     sync.Mutex
	values map[string]string
	errs   map[string]error // by key; that of "" is for all others
	delay  time.Duration
	hold   chan struct{} // loads wait for it to close, apart from ctx
	adorn  func(key string, l *cache.Loaded[string])
	calls  []call
	events []cache.Event[string]
}

type call struct {
	at   time.Time
	keys []string
}

// answering makes a Load of a function that answers all keys at a time.
func answering(load func(ctx context.Context, keys []string) []cache.Loaded[string]) func(context.Context, *cache.Batch[string]) {
	return func(ctx context.Context, b *cache.Batch[string]) {
		for i, l := range load(ctx, b.Keys) {
			b.Settle(i, l)
		}
	}
}

func (b *backend) load(ctx context.Context, batch *cache.Batch[string]) {
	answering(b.answer)(ctx, batch)
}

func (b *backend) answer(ctx context.Context, keys []string) []cache.Loaded[string] {
	b.mu.Lock()
	b.calls = append(b.calls, call{time.Now(), slices.Clone(keys)})
	loaded := make([]cache.Loaded[string], len(keys))
	for i, key := range keys {
		loaded[i] = b.answerLocked(key)
	}
	delay, hold := b.delay, b.hold
	b.mu.Unlock()
	var ended error
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			ended = ctx.Err()
		}
	}
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			ended = ctx.Err()
		}
	}
	for i := range loaded {
		if ended != nil {
			loaded[i] = cache.Loaded[string]{Err: ended, Origin: "backend"}
		}
	}
	return loaded
}

// answerLocked is what the backend holds when a load begins.
func (b *backend) answerLocked(key string) cache.Loaded[string] {
	l := cache.Loaded[string]{Value: key, Origin: "backend"}
	if v, ok := b.values[key]; ok {
		l.Value = v
	}
	if err, ok := b.errs[key]; ok {
		l.Err = err
	} else {
		l.Err = b.errs[""]
	}
	if b.adorn != nil {
		b.adorn(key, &l)
	}
	if l.Err != nil {
		l.Value = ""
	}
	return l
}

func (b *backend) set(key, value string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.values == nil {
		b.values = map[string]string{}
	}
	b.values[key] = value
}

// fail makes loads of key fail, or of all others for "". Nil ends it.
func (b *backend) fail(key string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.errs == nil {
		b.errs = map[string]error{}
	}
	if b.errs[key] = err; err == nil {
		delete(b.errs, key)
	}
}

// slow makes loads that begin from now on take this long.
func (b *backend) slow(delay time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.delay = delay
}

// stop makes loads that begin from now on wait, until resume is called.
func (b *backend) stop() (resume func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	hold := make(chan struct{})
	b.hold = hold
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.hold == hold {
			b.hold = nil
		}
		close(hold)
	}
}

func (b *backend) loads() []call {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.calls)
}

func (b *backend) observe(e cache.Event[string]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events = append(b.events, e)
}

// seen returns the events of one kind, in order.
func (b *backend) seen(kind cache.Kind) []cache.Event[string] {
	synctest.Wait() // events are told after readers were let go
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.events), func(e cache.Event[string]) bool { return e.Kind != kind })
}

// newCache returns a cache of b in a synctest bubble, without jitter.
func newCache(t *testing.T, b *backend, adjust ...func(*cache.Options[string])) *cache.Cache[string] {
	t.Helper()
	opts := cache.Options[string]{
		Load: b.load, Equal: func(a, b string) bool { return a == b },
		TTL: ttl, Jitter: -1, Judge: judge, Observe: b.observe,
	}
	for _, f := range adjust {
		f(&opts)
	}
	c, err := cache.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	c.KeepGoroutine()
	t.Cleanup(func() {
		if n := c.Close(); n != 0 {
			t.Errorf("Close left %d loads", n)
		}
		if err := c.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	})
	return c
}

// want fails the test unless Get returns value, or an error that is err.
func want(t *testing.T, c *cache.Cache[string], key, value string, err error) {
	t.Helper()
	if got, gotErr := c.Get(t.Context(), key); got != value || !errors.Is(gotErr, err) {
		t.Fatalf("Get(%q) = %q, %v, want %q, %v", key, got, gotErr, value, err)
	}
}

// wantNow is want, and Get must not wait.
func wantNow(t *testing.T, c *cache.Cache[string], key, value string, err error) {
	t.Helper()
	start := time.Now()
	want(t, c, key, value, err)
	if waited := time.Since(start); waited != 0 {
		t.Fatalf("Get(%q) waited for %v", key, waited)
	}
}

// use reads a key often enough for the cache to know that it is used.
func use(t *testing.T, c *cache.Cache[string], key, value string) {
	t.Helper()
	want(t, c, key, value, nil)
	want(t, c, key, value, nil)
}

// pass lets time pass, and all that it causes happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func wantLoads(t *testing.T, b *backend, n int) {
	t.Helper()
	synctest.Wait()
	if got := len(b.loads()); got != n {
		t.Fatalf("%d loads, want %d", got, n)
	}
}

// statOf returns the state of a document; the zero Stat when it is not kept.
func statOf(c *cache.Cache[string], key string) cache.Stat[string] {
	for _, s := range c.Stats() {
		if s.Key == key {
			return s
		}
	}
	return cache.Stat[string]{}
}

// fields is a View for documents of the form "a=1 b=2": "doc#a" is its field a.
func fields(key string) (string, func(string) (string, error), error) {
	doc, field, ok := strings.Cut(key, "#")
	if !ok {
		return doc, nil, nil
	}
	if field == "" {
		return "", nil, errBadKey
	}
	return doc, func(value string) (string, error) {
		for pair := range strings.FieldsSeq(value) {
			if name, v, _ := strings.Cut(pair, "="); name == field {
				return v, nil
			}
		}
		return "", errNoField
	}, nil
}
