package cache_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// The backend of the examples holds one value for all keys.
func exampleOptions(backend *atomic.Pointer[string]) cache.Options[string] {
	return cache.Options[string]{
		TTL:   5 * time.Minute,
		Equal: func(a, b string) bool { return a == b },
		Load: func(_ context.Context, b *cache.Batch[string]) {
			for i := range b.Keys {
				b.Settle(i, cache.Loaded[string]{Value: *backend.Load(), Origin: "backend"})
			}
		},
	}
}

func ExampleCache() {
	var backend atomic.Pointer[string]
	first, second := "first", "second"
	backend.Store(&first)
	c, err := cache.New(exampleOptions(&backend))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	ctx := context.Background()
	v, err := c.Get(ctx, "key")
	fmt.Println(v, err)
	backend.Store(&second)
	v, err = c.Get(ctx, "key") // kept
	fmt.Println(v, err)
	fmt.Println(c.Refresh(ctx, "key")[0])
	v, err = c.Get(ctx, "key")
	fmt.Println(v, err)
	// Output:
	// first <nil>
	// first <nil>
	// <nil>
	// second <nil>
}

func ExampleHandle() {
	var backend atomic.Pointer[string]
	first, second := "first", "second"
	backend.Store(&first)
	c, err := cache.New(exampleOptions(&backend))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	h, err := c.Watch(context.Background(), "key")
	if err != nil {
		log.Fatal(err)
	}
	defer h.Stop()
	fmt.Println(h.Current())
	backend.Store(&second)
	if err := errors.Join(c.Refresh(context.Background(), "key")...); err != nil { // or wait until it falls due
		log.Fatal(err)
	}
	old, ok := h.Previous()
	fmt.Println(h.Current(), old, ok)
	// Output:
	// first
	// second first true
}

func ExampleCache_OnChange() {
	var backend atomic.Pointer[string]
	first, second := "first", "second"
	backend.Store(&first)
	c, err := cache.New(exampleOptions(&backend))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	told := make(chan string)
	stop, err := c.OnChange("key", func(_ context.Context, change cache.Change[string]) error {
		told <- fmt.Sprintf("%s: %s, then %s", change.Key, change.Old, change.New)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	defer stop()
	if err := errors.Join(c.Refresh(context.Background(), "key")...); err != nil { // the first value is not a change
		log.Fatal(err)
	}
	backend.Store(&second)
	if err := errors.Join(c.Refresh(context.Background(), "key")...); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-told)
	// Output: key: first, then second
}

func ExampleOptions() {
	opts := cache.Options[string]{
		TTL:      time.Minute,
		MaxStale: time.Hour, // while the backend is down
		Equal:    func(a, b string) bool { return a == b },
		Judge:    func(error) cache.Verdict { return cache.VerdictTransient },
		Load:     func(context.Context, *cache.Batch[string]) {},
		// Keys "key#field" share the load of "key".
		View: func(key string) (string, func(string) (string, error), error) { return key, nil, nil },
	}
	_, err := cache.New(opts)
	opts.TTL = 0
	_, refused := cache.New(opts)
	fmt.Println(err, "/", refused)
	// Output: <nil> / cache: TTL is zero; negative keeps nothing
}

func ExampleBackoff() {
	for attempt := range 10 {
		pause := cache.Backoff(attempt, time.Second, time.Minute)
		if pause < 500*time.Millisecond || pause > time.Minute {
			fmt.Println("out of bounds:", pause)
		}
	}
	fmt.Println(cache.Backoff(3, 0, time.Minute))
	// Output: 0s
}

func ExampleKeyError() {
	err := &cache.KeyError{Key: "db/password", Err: context.DeadlineExceeded}
	fmt.Println(err)
	// Output: "db/password": context deadline exceeded
}
