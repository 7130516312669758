package cache

import (
	"errors"
	"fmt"
)

// Check reports which of the invariants of DESIGN.md do not hold. It is for a
// moment at which nothing of the cache runs but what waits for the user's
// functions.
func (c *Cache[V]) Check() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	k := &checker[V]{c: c, now: c.now()}
	k.table()
	k.plan()
	k.bounds()
	c.table.Load().each(func(e *entry[V]) {
		if e.isView() {
			k.view(e)
			return
		}
		k.state(e.doc)
		k.order(e.doc)
		k.watches(e.doc)
	})
	return errors.Join(k.errs...)
}

type checker[V any] struct {
	c    *Cache[V]
	now  int64
	errs []error
}

// holds notes that an invariant does not hold.
func (k *checker[V]) holds(ok bool, invariant, format string, args ...any) {
	if !ok {
		k.errs = append(k.errs, fmt.Errorf(invariant+": "+format, args...))
	}
}

func (k *checker[V]) table() {
	t, n := k.c.table.Load(), 0
	t.each(func(e *entry[V]) {
		n++
		k.holds(t.find(e.key) == e, "found", "%q is not found by its key", e.key)
		k.holds(!e.doc.removed && t.find(e.doc.key) == &e.doc.entry, "found", "the document of %q is not in the table", e.key)
		if !e.isView() {
			var back *entry[V]
			for v := e.doc.more.view(); v != nil; v = v.side.peer {
				k.holds(t.find(v.key) == v && v.doc == e.doc && v.side.back == back && !v.side.removed, "found", "the view %q of %q is lost", v.key, e.key)
				back = v
			}
			return
		}
		listed := false
		for v := e.doc.more.view(); v != nil; v = v.side.peer {
			listed = listed || v == e
		}
		k.holds(listed, "found", "the document of the view %q does not know it", e.key)
	})
	k.holds(n == t.count && t.fits(), "found", "%d entries, %d counted, in %d buckets", n, t.count, len(t.buckets))
}

// state checks what a document serves.
func (k *checker[V]) state(d *document[V]) {
	t, unwatched := d.more.failing(), !d.more.watched()
	switch d.state {
	case empty:
		k.holds(d.val == nil || !unwatched, "state", "%q is empty, unwatched, and has a value", d.key)
	case kept, stale:
		k.holds(d.val != nil && d.terms != nil && d.terms.ttl > 0, "state", "%q serves nothing", d.key)
		k.holds(t == nil || t.goneErr == nil, "state", "%q is served though it was gone", d.key)
	case gone:
		k.holds(t != nil && t.verdict == VerdictGone && t.err != nil, "state", "%q is gone without a reason", d.key)
		k.holds(d.val == nil || !unwatched, "state", "%q is gone, unwatched, and has a value", d.key)
	}
	if d.state == stale {
		k.holds(t != nil && t.verdict == VerdictTransient && t.err != nil && t.stale, "state", "%q is stale without a transient failure", d.key)
		k.holds(k.now >= d.expiresAt && d.terms.maxStale > 0, "state", "%q is stale before its TTL ended", d.key)
	}
	d.each(func(e *entry[V]) {
		if hot := e.hot.Load(); hot != nil {
			k.holds(d.serves() && hot == e.val && d.used, "hit path", "%q is hot and not what is served", e.key)
			k.holds(k.now < d.deadline(), "hit path", "%q is hot past its time", e.key)
			k.holds(d.index >= 0 && k.c.schedule[d.index].due <= d.deadline(), "hit path", "%q is hot and nothing ends it", e.key)
		}
	})
}

func (k *checker[V]) view(v *entry[V]) {
	s, d := v.side, v.doc
	k.holds(v.val == nil || s.err == nil, "view", "%q has a value and an error", v.key)
	if v.val != nil || s.err != nil {
		k.holds(s.from != nil && s.from == d.val && d.serves(), "view", "%q is not of the value that is served", v.key)
	}
	m := d.more
	k.holds(m.parsed == nil || m.parsed.value == d.val, "view", "what %q is parsed from is another value", d.key)
}

func (k *checker[V]) order(d *document[V]) {
	m := d.more
	if m == nil {
		return
	}
	k.holds(m.published <= k.c.seq, "order", "%q was published by a load to come", d.key)
	joined, queued := m.flight == nil, 0
	for f := m.flights; f != nil; f = f.older {
		joined = joined || f == m.flight
		k.holds(f.doc == d && !f.over, "order", "%q has a load that is over", d.key)
		k.holds(f.begun == (f.seq > 0) && f.seq <= k.c.seq, "order", "a load of %q has number %d", d.key, f.seq)
		if !f.begun {
			queued++
			waits := false
			for cv := range k.c.convoys {
				for _, other := range cv.waiting {
					waits = waits || other == f && f.queued
				}
			}
			k.holds(waits, "order", "a load of %q waits for nothing", d.key)
		}
	}
	k.holds(joined, "order", "readers of %q join a load that is not under way", d.key)
	k.holds(queued <= 1, "order", "%d loads of %q wait", queued, d.key)
	k.holds(m.flight == nil || !m.flight.begun || m.flight.seq > m.published, "order", "readers of %q join a load that was overtaken", d.key)
	k.holds(m.flights != nil || d.more.held() || d.val != nil || d.state == gone, "order", "nothing is left of %q", d.key)
}

// plan checks that every document in use has a timer or a load that will look at
// it.
func (k *checker[V]) plan() {
	c := k.c
	c.table.Load().each(func(e *entry[V]) {
		if e.isView() {
			return
		}
		due, needed := e.doc.nextDue()
		at := int(e.doc.index)
		switch {
		case needed && (at < 0 || at >= len(c.schedule) || c.schedule[at].doc != e.doc):
			k.holds(false, "plan", "%q is not scheduled", e.key)
		case needed:
			k.holds(c.schedule[at].due == due, "plan", "%q is scheduled for %d, not %d", e.key, c.schedule[at].due, due)
			k.holds(due > k.now || e.doc.more.loading() != nil, "plan", "%q is due and nothing happens", e.key)
		default:
			k.holds(at < 0, "plan", "%q is scheduled for nothing", e.key)
		}
	})
	first := int64(-1)
	for i, p := range c.schedule {
		k.holds(i == 0 || c.schedule[(i-1)/2].due <= p.due, "plan", "the schedule is out of order at %d", i)
		k.holds(!p.doc.removed && c.table.Load().find(p.doc.key) == &p.doc.entry, "plan", "%q is scheduled and not in the table", p.doc.key)
	}
	if len(c.schedule) > 0 {
		first = c.schedule[0].due
	}
	if a, ok := c.absent.next(); ok && (first < 0 || a.at < first) {
		first = a.at
	}
	k.holds(!c.ticking, "plan", "the timer's work has not ended")
	k.holds(c.timer.isSet == (first >= 0), "plan", "the timer is set: %v, first due: %d", c.timer.isSet, first)
	k.holds(!c.timer.isSet || c.timer.at <= first, "plan", "the timer is set for %d, too late for %d", c.timer.at, first)
}

// watches checks that all who watch a document know its value, or will be told.
func (k *checker[V]) watches(d *document[V]) {
	watchers, watches := 0, 0
	d.each(func(e *entry[V]) {
		w := e.watch()
		if w == nil {
			return
		}
		watches++
		watchers += len(w.handles) + len(w.subs)
		for h := range w.handles {
			if s := h.state.Load(); s != nil && w.current != nil {
				k.holds(k.c.opts.Equal(s.current, *w.current), "told", "a handle of %q is behind", e.key)
			}
		}
		if e.val != nil && w.current != nil {
			k.holds(k.c.opts.Equal(*e.val, *w.current), "told", "those who watch %q don't know its value", e.key)
		}
		for _, s := range w.subs {
			if n := len(s.pending); n > 0 {
				k.holds(k.c.opts.Equal(*s.pending[n-1].value, *w.current), "told", "the last news for a callback of %q is old", e.key)
			} else if s.told != nil {
				k.holds(k.c.opts.Equal(*s.told, *w.current), "told", "a callback of %q was not told", e.key)
			}
		}
		k.holds(w.nextLocked() == nil || w.queued, "told", "nobody calls the callbacks of %q", e.key)
	})
	if d.more != nil {
		k.holds(watchers == int(d.more.watchers) && watches == int(d.more.watches), "told",
			"%q has %d watchers of %d entries, counted are %d and %d", d.key, watchers, watches, d.more.watchers, d.more.watches)
	}
}

// bounds checks that nothing piles up.
func (k *checker[V]) bounds() {
	c := k.c
	records := map[*entry[V]]int64{}
	for _, a := range c.absent.list[c.absent.gone:] {
		records[a.entry] = max(records[a.entry], a.at)
	}
	running := 0
	for b := c.running; b != nil; b = b.later {
		running++
	}
	k.holds(running == c.loads.n, "bounds", "%d loads run, %d counted", running, c.loads.n)
	for cv := range c.convoys {
		k.holds(len(cv.waiting) > 0 && cv.lanes > 0, "bounds", "a convoy of %d flights has %d lanes", len(cv.waiting), cv.lanes)
	}
	c.table.Load().each(func(e *entry[V]) {
		d := e.doc
		if d.more.busy() || d.more.held() {
			return
		}
		if at, ok := records[e]; e.isView() && e.side.err != nil || !e.isView() && d.state == gone {
			k.holds(ok && at > 0, "bounds", "%q is absent and does not leave", e.key)
		}
	})
	if limit := c.opts.MaxEntries; limit > 0 {
		k.holds(len(c.accepted) <= 2*limit+c.table.Load().count, "bounds", "of %d documents it is known what was accepted", len(c.accepted))
	}
	for alias, d := range c.aliases {
		for ; d != nil; d = d.more.namesake {
			k.holds(!d.removed && d.more.alias == alias, "bounds", "%q is an alias of nothing", alias)
		}
	}
}
