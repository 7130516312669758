package cache_test

import (
	"context"
	"fmt"
	"log"
	"sync/atomic"

	"github.com/secretmux/secretmux/cache"
)

func ExampleStat() {
	var backend atomic.Pointer[string]
	value := "value"
	backend.Store(&value)
	c, err := cache.New(exampleOptions(&backend))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	for _, r := range c.GetMany(context.Background(), []string{"a"}) {
		fmt.Println(r.Value, r.Err)
	}
	for _, s := range c.Stats() {
		fmt.Println(s.Key, s.Served, s.Stale, s.Failures, s.Watched)
	}
	// Output:
	// value <nil>
	// a true false 0 false
}

func ExampleEvent() {
	var backend atomic.Pointer[string]
	value := "value"
	backend.Store(&value)
	opts := exampleOptions(&backend)
	opts.Observe = func(e cache.Event[string]) {
		if e.Kind == cache.KindLoadDone {
			fmt.Println("loaded", e.Key, "from", e.Origin, e.Err)
		}
	}
	c, err := cache.New(opts)
	if err != nil {
		log.Fatal(err)
	}
	_, _ = c.Get(context.Background(), "a")
	_ = c.Close() // waits for the load's goroutine, which tells the event
	// Output: loaded a from backend <nil>
}
