// Package traffic runs queries while a test rotates, and counts.
package traffic

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Load runs queries on some goroutines until Stop.
type Load struct {
	query   func(context.Context) error
	ctx     context.Context
	stop    context.CancelFunc
	workers sync.WaitGroup

	queries atomic.Int64
	mu      sync.Mutex
	failed  map[string]int // by text
}

// Start starts the queries. A query gets a ctx that outlasts Stop, so that each query
// ends by itself.
func Start(t testing.TB, workers int, query func(context.Context) error) *Load {
	l := &Load{query: query, failed: map[string]int{}}
	l.ctx, l.stop = context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(l.stop)
	for range workers {
		l.workers.Go(l.work)
	}
	return l
}

func (l *Load) work() {
	for l.ctx.Err() == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(l.ctx), 30*time.Second)
		err := l.query(ctx)
		cancel()
		l.queries.Add(1)
		if err != nil {
			l.mu.Lock()
			l.failed[err.Error()]++
			l.mu.Unlock()
		}
	}
}

// Result is the result of the queries.
type Result struct {
	Queries, Failed int
	Errors          map[string]int
}

// Stop waits for the running queries.
func (l *Load) Stop() Result {
	l.stop()
	l.workers.Wait()
	r := Result{Queries: int(l.queries.Load()), Errors: l.failed}
	for _, n := range l.failed {
		r.Failed += n
	}
	return r
}

func (r Result) String() string { return fmt.Sprintf("%d queries, %d failed", r.Queries, r.Failed) }

// Want fails the test unless there were at least this many queries and none failed.
func (r Result) Want(t testing.TB, queries int) {
	t.Helper()
	if r.Queries < queries {
		t.Errorf("%d queries, want %d at least", r.Queries, queries)
	}
	for text, n := range r.Errors {
		t.Errorf("%d of %d queries failed: %s", n, r.Queries, text)
	}
}
