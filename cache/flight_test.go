package cache_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func TestManyReadersOfAColdKeyShareOneLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{delay: time.Second}
		c := newCache(t, b)
		var wg sync.WaitGroup
		for range 10_000 {
			wg.Go(func() {
				if v, err := c.Get(t.Context(), "k"); v != "k" || err != nil {
					t.Errorf("Get = %q, %v", v, err)
				}
			})
		}
		wg.Wait()
		wantLoads(t, b, 1)
	})
}

func TestReadersObeyTheirOwnContexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{delay: 5 * time.Second}
		c := newCache(t, b)
		start := time.Now()
		var wg sync.WaitGroup
		read := func(ctx context.Context, takes time.Duration, want error) {
			wg.Go(func() {
				_, err := c.Get(ctx, "k")
				if took := time.Since(start); !errors.Is(err, want) || took != takes {
					t.Errorf("Get took %v: %v, want %v: %v", took, err, takes, want)
				}
			})
			synctest.Wait()
		}
		first, cancel := context.WithCancel(t.Context())
		read(first, 0, context.Canceled)
		cancel()
		short, cancelShort := context.WithTimeout(t.Context(), time.Second)
		defer cancelShort()
		read(short, time.Second, context.DeadlineExceeded)
		read(t.Context(), 5*time.Second, nil)
		wg.Wait()
		want(t, c, "k", "k", nil)
		if _, err := c.Get(first, "cold"); !errors.Is(err, context.Canceled) {
			t.Errorf("Get with a context that has ended: %v", err)
		}
		for _, r := range c.GetMany(first, []string{"cold", "colder"}) {
			if !errors.Is(r.Err, context.Canceled) {
				t.Errorf("GetMany with a context that has ended: %v", r.Err)
			}
		}
		if err := errors.Join(c.Refresh(first, "cold")...); !errors.Is(err, context.Canceled) {
			t.Errorf("Refresh with a context that has ended: %v", err)
		}
		wantLoads(t, b, 1)
	})
}

type traceKey struct{}

func TestLoadHasItsOwnDeadlineAndItsReadersValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deadlines := make(chan time.Duration, 2)
		c, err := cache.New(cache.Options[string]{
			TTL: ttl, Equal: func(a, b string) bool { return a == b }, Timeout: 3 * time.Second,
			Load: func(ctx context.Context, b *cache.Batch[string]) {
				deadline, _ := ctx.Deadline()
				deadlines <- time.Until(deadline)
				trace, _ := ctx.Value(traceKey{}).(string)
				b.Settle(0, cache.Loaded[string]{Value: trace})
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), traceKey{}, "trace"), time.Second)
		defer cancel()
		if v, err := c.Get(ctx, "k"); v != "trace" || err != nil {
			t.Errorf("Get = %q, %v, want the context's value", v, err)
		}
		if left := <-deadlines; left != 3*time.Second {
			t.Errorf("the load has %v, want Timeout", left)
		}
		c.GetMany(ctx, numbered(33))
		if left := <-deadlines; left != 9*time.Second {
			t.Errorf("a load of 33 keys has %v, want three times Timeout", left)
		}
	})
}

func TestLoaderThatMisbehaves(t *testing.T) {
	tests := []struct {
		name string
		load func(b *cache.Batch[string])
		want error
	}{
		{"panics", func(*cache.Batch[string]) { panic("s3cret") }, cache.ErrPanic},
		{"ends its goroutine", func(*cache.Batch[string]) { runtime.Goexit() }, cache.ErrPanic},
		{"answers nothing", func(*cache.Batch[string]) {}, nil},
		{"answers keys that there are not", func(b *cache.Batch[string]) {
			b.Settle(-1, cache.Loaded[string]{Value: "x"})
			b.Settle(2, cache.Loaded[string]{Value: "x"})
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				bad := true
				c := newCache(t, b, func(o *cache.Options[string]) {
					o.Load = func(ctx context.Context, batch *cache.Batch[string]) {
						if bad {
							tt.load(batch)
							return
						}
						b.load(ctx, batch)
					}
				})
				for _, r := range c.GetMany(t.Context(), []string{"a", "b"}) {
					if r.Err == nil || tt.want != nil && !errors.Is(r.Err, tt.want) || r.Value != "" {
						t.Errorf("Get = %q, %v", r.Value, r.Err)
					}
				}
				bad = false
				want(t, c, "a", "a", nil)
			})
		})
	}
}

func TestViewsAndTheirDocumentShareOneLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{delay: 2 * time.Second}
		b.set("doc", "user=me password=x")
		c := newCache(t, b, withFields)
		var wg sync.WaitGroup
		read := func(key, value string, wantErr error) {
			wg.Go(func() {
				if v, err := c.Get(t.Context(), key); v != value || !errors.Is(err, wantErr) {
					t.Errorf("Get(%q) = %q, %v, want %q, %v", key, v, err, value, wantErr)
				}
			})
			synctest.Wait()
		}
		read("doc#user", "me", nil)
		read("doc", "user=me password=x", nil)
		pass(time.Second) // those that follow join the load that is under way
		read("doc#password", "x", nil)
		read("doc#host", "", errNoField)
		wg.Wait()
		want(t, c, "doc#", "", errBadKey)
		for _, key := range []string{"doc#user", "doc#password"} {
			if v, err := c.Get(t.Context(), key); err != nil || v == "" {
				t.Errorf("Get(%q) = %q, %v", key, v, err)
			}
		}
		want(t, c, "doc#host", "", errNoField)
		want(t, c, "doc#port", "", errNoField)
		wantLoads(t, b, 1)
	})
}

func TestViewThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, &backend{}, func(o *cache.Options[string]) {
			o.View = func(key string) (string, func(string) (string, error), error) {
				if key == "doc" {
					return key, nil, nil
				}
				return "doc", func(string) (string, error) { panic("s3cret") }, nil
			}
		})
		want(t, c, "doc#a", "", cache.ErrPanic)
		want(t, c, "doc#b", "", cache.ErrPanic)
		want(t, c, "doc", "doc", nil)
		if err := errors.Join(c.Refresh(t.Context(), "doc")...); err != nil {
			t.Errorf("Refresh: %v", err)
		}
	})
}

func withFields(o *cache.Options[string]) { o.View = fields }

func withNegativeTTL(o *cache.Options[string]) { o.NegativeTTL = 20 * time.Second }

// A program's tests may use a cache in bubbles and outside in turns. What is kept from one
// load for the next stays outside: in a bubble it would be left when that ends, and would
// end the program when it is used elsewhere.
func TestBubblesAndACacheFromOutside(t *testing.T) {
	b := &backend{}
	c, err := cache.New(cache.Options[string]{Load: b.load, Equal: func(a, b string) bool { return a == b }, TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want(t, c, "k", "k", nil) // outside first, as that is where the cache's timers then are
	for _, n := range []string{"1", "2", "3"} {
		synctest.Test(t, func(t *testing.T) {
			b.slow(time.Second)
			defer b.slow(0)
			start := time.Now()
			go func() { _, _ = c.Get(t.Context(), "in"+n) }()
			synctest.Wait()
			want(t, c, "in"+n, "in"+n, nil)
			if took := time.Since(start); took != time.Second {
				t.Errorf("the load took %v of the bubble's time, want 1s", took)
			}
		})
		for _, key := range []string{"a", "b"} {
			want(t, c, key+n, key+n, nil)
		}
	}
}
