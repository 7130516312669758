package main

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"

	"github.com/secretmux/secretmux"
)

// load runs queries until stop.
type load struct {
	queries, failed atomic.Int64
	end             context.CancelFunc
	workers         sync.WaitGroup
	first           atomic.Pointer[error]
}

func startLoad(ctx context.Context, db *sql.DB) *load {
	l := &load{}
	ctx, l.end = context.WithCancel(ctx)
	for range workers {
		l.workers.Go(func() {
			for ctx.Err() == nil {
				var one int
				err := db.QueryRowContext(context.WithoutCancel(ctx), "select 1").Scan(&one)
				l.queries.Add(1)
				if err != nil {
					l.failed.Add(1)
					l.first.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	return l
}

// stop waits for the running queries and returns the first error.
func (l *load) stop() error {
	l.end()
	l.workers.Wait()
	if err := l.first.Load(); err != nil {
		return *err
	}
	return nil
}

// countReads counts how often the store reads its backend.
func countReads(store *secretmux.Store) *atomic.Int64 {
	var n atomic.Int64
	store.Observe(func(e secretmux.Event) {
		if e.Kind == secretmux.EventLoad || e.Kind == secretmux.EventRefresh {
			n.Add(1)
		}
	})
	return &n
}
