package cache

import (
	"context"
	"math"
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

// gauge counts calls of the user's functions that run. It is guarded by Cache.mu.
type gauge struct {
	n    int
	zero chan struct{} // closed when n comes to zero; nil while nobody waits
}

func (g *gauge) done() {
	if g.n--; g.n == 0 && g.zero != nil {
		close(g.zero)
		g.zero = nil
	}
}

// zeroLocked returns what is closed when no call runs.
func (g *gauge) zeroLocked() <-chan struct{} {
	if g.n > 0 && g.zero != nil {
		return g.zero
	}
	zero := make(chan struct{})
	if g.n == 0 {
		close(zero)
	} else {
		g.zero = zero
	}
	return zero
}

// tally adds n to a gauge.
func (c *Cache[V]) tally(g *gauge, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g.n += n; n < 0 {
		g.n++
		g.done()
	}
}

// alarm is a timer that is set for the earliest of many moments.
type alarm struct {
	timer *time.Timer
	call  func()
	at    int64
	isSet bool
}

func (a *alarm) set(at int64, now func() int64) {
	if a.isSet && a.at <= at {
		return
	}
	a.at, a.isSet = at, true
	wait := time.Duration(at - now())
	if a.timer == nil {
		a.timer = time.AfterFunc(wait, a.call)
	} else {
		a.timer.Reset(wait)
	}
}

func (a *alarm) stop() {
	if a.isSet {
		a.timer.Stop()
		a.isSet = false
	}
}

func (c *Cache[V]) now() int64 { return int64(time.Since(c.start)) }

// moment is a moment of this cache's clock as a time.
func (c *Cache[V]) moment(at int64) time.Time { return c.start.Add(time.Duration(at)) }

// since is how long ago a moment of this cache's clock was.
func (c *Cache[V]) since(moment int64) time.Duration { return time.Duration(c.now() - moment) }

// after is moment + d, or the end of time: durations may be endless.
func after(moment, d int64) int64 {
	if d > 0 && moment > math.MaxInt64-d {
		return math.MaxInt64
	}
	return moment + d
}
