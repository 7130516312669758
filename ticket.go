package secretmux

import (
	"context"
	"time"
)

// ticket is one call that was let through. It is guarded by the gate's lock.
type ticket struct {
	key              string
	load             context.Context //nolint:containedctx // of the load in whose goroutine it is; nil where it has its own
	began            time.Time       // zero: it was not let through
	ended, abandoned bool
	sooner, later    *ticket
}

// tickets is a list of calls by their beginning. Each call is in it once, so that its
// ticket can be the list's element: container/list would allocate another.
type tickets struct {
	first, last *ticket
	n           int
}

func (l *tickets) add(t *ticket) {
	if t.sooner = l.last; t.sooner != nil {
		t.sooner.later = t
	} else {
		l.first = t
	}
	l.last = t
	l.n++
}

func (l *tickets) remove(t *ticket) {
	if t.sooner != nil {
		t.sooner.later = t.later
	} else {
		l.first = t.later
	}
	if t.later != nil {
		t.later.sooner = t.sooner
	} else {
		l.last = t.sooner
	}
	t.sooner, t.later = nil, nil
	l.n--
}

// abandon notes that no caller waits for a call any more. It returns false when
// the call has just ended.
func (g *gate) abandon(t *ticket) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.ended {
		return false
	}
	g.abandonLocked(t)
	return true
}

func (g *gate) abandonLocked(t *ticket) {
	t.abandoned = true
	if g.hanging == nil {
		g.hanging = make(map[string]int)
	}
	g.hanging[t.key]++
	g.left++
	g.room.Shrink()
}

// leave ends a call.
func (g *gate) leave(t *ticket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.leaveLocked(t, time.Now())
}

func (g *gate) leaveLocked(t *ticket, now time.Time) {
	t.ended = true
	if !t.abandoned && t.key != checkKey {
		g.room.Grow(now.Sub(t.began), now.Sub(g.calls.first.began))
	}
	g.calls.remove(t)
	running := g.calls.n
	g.room.Freed(running)
	if running == 0 && g.idle != nil {
		close(g.idle)
		g.idle = nil
	}
	if !t.abandoned {
		return
	}
	g.left--
	if g.hanging[t.key]--; g.hanging[t.key] == 0 {
		delete(g.hanging, t.key)
	}
}

// drain waits until no call runs, at most until ctx ends, and returns how many
// still do.
func (g *gate) drain(ctx context.Context) int {
	g.mu.Lock()
	if g.calls.n > 0 && g.idle == nil {
		g.idle = make(chan struct{})
	}
	idle := g.idle
	g.mu.Unlock()
	if idle == nil {
		return 0
	}
	select {
	case <-idle:
		return 0
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls.n
}

// abandoned counts the abandoned calls: all, or those for name.
func (g *gate) abandoned(name string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if name == "" {
		return g.left
	}
	return g.hanging[name]
}

// abandonLoad abandons the first call for a name that is made in the goroutine of a
// load whose time is over. It returns false when there is none: the load is in another
// call, or its call has just ended.
func (g *gate) abandonLoad(name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for t := g.calls.first; t != nil; t = t.later {
		if t.key == name && !t.abandoned && t.load != nil && t.load.Err() != nil {
			g.abandonLocked(t)
			return true
		}
	}
	return false
}
