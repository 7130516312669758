package settings

import (
	"context"
	"errors"
	"slices"

	"github.com/secretmux/secretmux"
)

// notice is an Observer of the store. It must not wait, so it starts a goroutine,
// which ends when it has looked at all events.
//
// A failed read starts no reload, because a reload would read again, fail again and
// come back here. A good read that a caller waited for starts none either, because it
// may be our own.
func (l *Live[T]) notice(e secretmux.Event) {
	if !slices.Contains(l.plan.documents, e.Ref) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	troubled := l.err != nil || len(l.failing) > 0
	reload := false
	switch e.Kind {
	case secretmux.EventGone, secretmux.EventAppeared, secretmux.EventRecovered:
		reload = true
	case secretmux.EventRefresh:
		if !e.Failed && !troubled {
			return
		}
		reload = !e.Failed
	case secretmux.EventLoad:
		if !e.Failed && !troubled {
			return
		}
	default:
		return
	}
	if l.stopped {
		return
	}
	l.poked, l.stirred = true, l.stirred || reload
	if !l.working {
		l.working = true
		go l.work()
	}
}

// work looks at the state of the secrets until it has seen every event.
func (l *Live[T]) work() {
	for {
		l.mu.Lock()
		if !l.poked || l.stopped {
			l.working = false
			l.mu.Unlock()
			return
		}
		reload := l.stirred
		l.poked, l.stirred = false, false
		l.mu.Unlock()
		l.look()
		if reload {
			_ = l.reload(context.Background())
		}
	}
}

// look notes which secrets can't be refreshed, and reports those that could be
// refreshed before.
func (l *Live[T]) look() {
	failing := map[string]error{}
	for i, name := range l.plan.documents {
		st, ok := l.source.StatusOf(name)
		if !ok || st.Err == nil || absent(st.Err) && !l.plan.needs(i) {
			continue
		}
		failing[name] = st.Err
	}
	l.mu.Lock()
	fresh := false
	for name, err := range failing {
		before, known := l.failing[name]
		fresh = fresh || !known || !errors.Is(secretmux.ClassOf(err), secretmux.ClassOf(before))
	}
	l.failing = failing
	l.mu.Unlock()
	if fresh && l.opts.OnError != nil {
		l.opts.OnError(l.Err())
	}
}
