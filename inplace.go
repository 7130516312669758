package secretmux

import (
	"context"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// A call must end for those who wait for it, whatever the provider does, so it is made
// in a goroutine that can be left behind. A load of a store is one already: when its
// time is over, the cache lets its readers go. Where a store has a single link, that
// link therefore makes its call in the load's own goroutine, and a cold read needs one
// goroutine, not two. A composition can't: one link that hangs must not keep the load
// from the next.

// inPlace is the link of s whose calls are made in the goroutine of a load; nil where
// there is none, or where the link's timeout ends before that of the load.
func (s *Store) inPlace() *link {
	l, ok := s.provider.(*link)
	if !ok || l.inner != nil || l.policy.timeout < s.timeout {
		return nil
	}
	return l
}

// askInPlace is one try that is made in this goroutine.
func (l *link) askInPlace(ctx context.Context, a attempt, q question) (secret Secret, took time.Duration, err error) {
	t := &ticket{key: a.key, load: ctx}
	if err := l.gate.enter(ctx, t, modeOf(ctx).pass || a.second); err != nil {
		return Secret{}, 0, l.notCalled(ctx, err)
	}
	// A provider that ends its goroutine runs the deferred function only. The cache
	// then says that the load failed.
	err = errPanicked
	defer func() {
		if recover() != nil {
			secret, err = Secret{}, errPanicked
		}
		err = l.timedOut(ctx, ctx, err)
		if took = l.gate.end(t, err, a.second); t.abandoned {
			err = errAbandoned // it came too late, and nobody looks at it
		}
	}()
	secret, err = q.ask(ctx, l.provider)
	err = sound(err)
	return secret, took, err
}

// late is the outcome of a load that the cache gave up. The call that it is in then
// counts among those that were left behind.
func (s *Store) late(key string) cache.Loaded[Secret] {
	source := ""
	if l := s.inPlace(); l != nil && l.gate.abandonLoad(wellNamed(key)) {
		source = l.source
	}
	return s.failure(key, s.noAnswer(key, source))
}

// end is leave and note in one, for the call that each cold read makes, and returns how
// long it took. What an abandoned call comes back with is no sign of anything.
func (g *gate) end(t *ticket, err error, second bool) (took time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil && g.quietLocked() && !t.abandoned {
		g.leaveLocked(t, t.began)
		return 0
	}
	now := time.Now()
	g.leaveLocked(t, now)
	if !t.abandoned {
		g.noteLocked(err, now, second)
	}
	return now.Sub(t.began)
}

// quietLocked says that a call which succeeds changes nothing: none waits, and no
// failure came before. It needs no clock then.
func (g *gate) quietLocked() bool {
	return g.room.queue.Len() == 0 && g.failures == 0 && g.pause == 0 && g.last == nil && g.throttlings == 0
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
