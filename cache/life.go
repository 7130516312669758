package cache

import (
	"context"
	"sync"
	"time"
)

// life is the context of a load: the values of who began it, and an end of its
// own. It is made for each cold read, so it does without the timer, the goroutine
// and the registration in a parent that context.WithTimeout brings.
type life struct {
	values   context.Context //nolint:containedctx // it is a context
	deadline time.Time

	mu    sync.Mutex
	done  chan struct{} // nil until somebody asks for it
	err   error
	after map[*func()]struct{} // see AfterFunc
}

func (l *life) Deadline() (time.Time, bool) { return l.deadline, true }

func (l *life) Value(key any) any { return l.values.Value(key) }

func (l *life) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *life) Done() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = make(chan struct{})
		if l.err != nil {
			close(l.done)
		}
	}
	return l.done
}

// AfterFunc is what package context looks for in a context that it does not know:
// without it, each context made from l would cost a goroutine.
func (l *life) AfterFunc(f func()) (stop func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		go f()
		return func() bool { return false }
	}
	if l.after == nil {
		l.after = map[*func()]struct{}{}
	}
	l.after[&f] = struct{}{}
	return func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		_, ok := l.after[&f]
		delete(l.after, &f)
		return ok
	}
}

func (l *life) end(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return
	}
	if l.err = err; l.done != nil {
		close(l.done)
	}
	for f := range l.after {
		go (*f)()
	}
	l.after = nil
}
