package cache

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/secretmux/secretmux/internal/spare"
)

// flight is one load of one document, and what its readers wait for. A document may
// have several under way: a Refresh and an Invalidate don't wait for older ones,
// which then come too late.
type flight[V any] struct {
	doc *document[V]

	// Guarded by Cache.mu. Most flights go through three of these: begun when the loader is
	// called, landed when it has settled the key, and over when the outcome was judged and
	// decided on.
	purpose Purpose
	queued  bool   // it waits for its turn in a convoy
	begun   bool   // the loader was called
	landed  bool   // an outcome has come in
	over    bool   // it was decided on, and those who wait were told
	single  bool   // its reader waits for nothing else
	renews  bool   // a Renew waits for it
	seq     uint64 // the load's number, in the order of beginning; 0: not begun
	began   int64
	next    *flight[V]    // a Refresh that came after it had begun
	older   *flight[V]    // the document's next older load that has not landed
	first   *spare.Signal // for the reader who began it; nil: that reader uses done
	done    chan struct{} // closed for all others who wait; nil while there are none

	// Nothing below is written once it is over, so readers need no lock for it.
	val *V
	err error
	// missed is the load's own error, kept even if readers got the previous
	// value.
	missed error
	parsed *parsed[V] // of val; nil if the document has no views
}

// joinLocked lets the caller wait for f. Most loads in the background have no
// caller that waits, and need no channel.
func (f *flight[V]) joinLocked() {
	if f.done == nil {
		f.done = make(chan struct{})
	}
}

// signalLocked lets the reader wait who begins f, by a signal that can be used again, as a channel can't.
func (c *Cache[V]) signalLocked(f *flight[V]) {
	switch {
	case !f.single:
	case c.worker.MayKeep(f.began):
		f.first = c.signals.New()
	default:
		f.joinLocked()
	}
}

// await waits for f. It uses first, which signalLocked has made; if that is nil, it uses f's channel.
func (c *Cache[V]) await(ctx context.Context, f *flight[V], first *spare.Signal) error {
	if first != nil {
		return c.signals.Wait(ctx, first)
	}
	return f.wait(ctx)
}

// wait waits until f is over, or ctx ends. It does not look at the life of the
// cache, because Close ends all flights.
func (f *flight[V]) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// overLocked lets those who wait for f go. Its outcome must have been set before.
func (f *flight[V]) overLocked() {
	if f.over = true; f.done != nil {
		close(f.done)
	}
	if f.first != nil {
		f.first.Send()
		f.first = nil // it may be another flight's by now
	}
}

// shut ends the wait for f, and for the Refresh behind it, as the cache is closed.
func (f *flight[V]) shut() {
	for ; f != nil; f = f.next {
		if f.landed = true; !f.over {
			f.err = ErrClosed
			f.overLocked()
		}
	}
}

// boardLocked gives d a new flight, whose load the caller must begin.
func (c *Cache[V]) boardLocked(d *document[V], purpose Purpose) *flight[V] {
	// It is the newest load even before it has begun, so that a reader who comes meanwhile joins it.
	f := &flight[V]{doc: d, purpose: purpose}
	if d.more == nil {
		d.more, c.spare = c.spare, nil
	}
	d.aboard(f)
	c.planLocked(d) // it needs no other refresh now
	return f
}

// aboard makes f the newest load of d.
func (d *document[V]) aboard(f *flight[V]) {
	m := d.own()
	// The older ones stay in the list: they still land, and then come too late (invariant 5).
	f.older, m.flights, m.flight = m.flights, f, f
}

// ashore takes f off the loads of d, so that readers no longer join it. They do not
// join an older one either: if f was the newest, the next request begins a load.
func (d *document[V]) ashore(f *flight[V]) {
	m := d.more
	// An older load that still runs began earlier, so what it brings may be out of date. A
	// reader who comes now must not get that.
	if m.flight == f {
		m.flight = nil
	}
	for at := &m.flights; *at != nil; at = &(*at).older {
		if *at == f {
			*at = f.older
			return
		}
	}
}

// followLocked starts the load of a Refresh that waited for f. That Refresh could not share f,
// because f had begun before Refresh was called.
func (c *Cache[V]) followLocked(f *flight[V]) {
	// Only decideLocked calls this, once for each flight, so the Refresh begins once.
	if f.next != nil {
		// It becomes the newest load only now. Earlier, readers would have joined it, and would
		// have waited for two loads, one after the other.
		f.doc.aboard(f.next)
		c.departLocked(c.ctx, true, f.next)
	}
}

// convoy is the flights that one call began, or that fell due together. They are
// loaded in batches, of which four run at a time, however many flights there are.
// Each call has its own, so that none waits behind another's.
type convoy[V any] struct {
	values  context.Context //nolint:containedctx // of the call: loads carry its values
	pass    bool
	waiting []*flight[V]
	lanes   int     // goroutines that load
	spread  float64 // where in the jitter's range the last batch was
}

// departLocked starts the loads of flights. They keep the values of ctx (traces),
// but not its end: a reader that leaves must not end what others wait for.
func (c *Cache[V]) departLocked(ctx context.Context, pass bool, flights ...*flight[V]) {
	switch n := len(flights); {
	case n == 0 || c.closed: // Close has landed them
	case n == 1: // nearly all cold reads: it needs no queue
		c.beginLocked(c.batchOf(ctx, pass), flights[0])
	default:
		cv := &convoy[V]{values: ctx, pass: pass, spread: rand.Float64()} //nolint:gosec // jitter needs no secrecy
		c.embarkLocked(cv, flights)
	}
}

// embarkLocked adds flights to a convoy, and begins what there is room for.
func (c *Cache[V]) embarkLocked(cv *convoy[V], flights []*flight[V]) {
	if len(flights) == 0 || c.closed {
		return
	}
	// While queued is true, a reader may take f. The reader then sets it to false, which tells the convoy.
	for _, f := range flights {
		f.queued = true
	}
	cv.waiting = append(cv.waiting, flights...)
	c.convoys[cv] = struct{}{}
	// Lanes end when nothing waits. What is added later starts them anew.
	for cv.lanes < maxLoads && c.beginNextLocked(cv) {
		cv.lanes++
	}
}

// beginNextLocked begins the next batch of a convoy, and reports whether there
// was one.
func (c *Cache[V]) beginNextLocked(cv *convoy[V]) bool {
	var flights []*flight[V]
	for len(cv.waiting) > 0 && len(flights) < maxBatch {
		f := cv.waiting[0]
		cv.waiting[0], cv.waiting = nil, cv.waiting[1:]
		// A reader that takes a flight does not search the list for it. The flight is passed
		// over here instead.
		if f.queued { // otherwise a caller that did not want to wait has taken it
			f.queued = false
			flights = append(flights, f)
		}
	}
	if len(cv.waiting) == 0 {
		delete(c.convoys, cv)
	}
	if len(flights) == 0 {
		return false
	}
	// A batch is made when its turn comes, because its time, its numbers and its deadline count
	// from then.
	b := c.batchOf(cv.values, cv.pass)
	_, cv.spread = math.Modf(cv.spread + 0.618034) // each as far from the others as can be
	b.convoy, b.jitter = cv, cv.spread
	c.beginLocked(b, flights...)
	return true
}

// batchOf returns a batch for a request with this ctx. The cache's own context
// has no values to keep.
func (c *Cache[V]) batchOf(ctx context.Context, pass bool) *Batch[V] {
	// WithoutCancel costs an allocation, and loads in the background don't need it.
	if ctx != c.ctx {
		ctx = context.WithoutCancel(ctx)
	}
	return &Batch[V]{Pass: pass, cache: c, life: life{values: ctx}, jitter: rand.Float64()} //nolint:gosec // as above
}

// beginLocked calls the loader for flights. They get their numbers now, and not when they were
// asked for: what counts is what the backend can have answered.
func (c *Cache[V]) beginLocked(b *Batch[V], flights ...*flight[V]) {
	b.Purpose, b.began = flights[0].purpose, c.now()
	b.Keys, b.flights = b.key[:0], b.flight[:0] // nearly all have one key
	if n := len(flights); n > 1 {
		b.Keys, b.flights = make([]string, 0, n), make([]*flight[V], 0, n)
	}
	for _, f := range flights {
		// Not earlier: while a load waits in a convoy, a load that was asked for later may
		// begin. The one that begins last may have seen more, and must have the higher number.
		c.seq++
		f.seq, f.began, f.begun = c.seq, b.began, true
		b.Pass = b.Pass || f.purpose == PurposeForce
		b.Keys, b.flights = append(b.Keys, f.doc.key), append(b.flights, f)
	}
	// Before the goroutine starts, because it may end before this function returns.
	c.watchdogLocked(b)
	c.loads.n++
	c.signalLocked(flights[0])
	c.worker.Run(b, b.began)
}

// fly calls the loader, and then begins the convoy's next batch.
func (b *Batch[V]) fly() {
	err := error(ErrPanic) // this stays if the loader ends the goroutine
	defer func() {
		if recover() != nil {
			err = ErrPanic
		}
		b.arrived(err)
	}()
	err = b.load()
}

// arrived ends a batch whose loader has returned. From here on nobody waits for the loader, so
// the batch no longer counts as a load.
func (b *Batch[V]) arrived(err error) {
	c, cv := b.cache, b.convoy
	// This comes first: a context that is left open would keep alive what was made from it.
	b.life.end(context.Canceled) // for what the loader may have left behind
	c.mu.Lock()
	// The keys that the loader did not settle fail now, and not at the timeout. forgetLocked
	// comes later, because it takes the flights away.
	for _, i := range b.openLocked() {
		c.mu.Unlock()
		b.Settle(i, Loaded[V]{Err: err})
		c.mu.Lock()
	}
	c.loads.done()
	c.forgetLocked(b)
	// The next batch begins before the events of this one are told: Observe may take its
	// time.
	if cv != nil && (c.closed || !c.beginNextLocked(cv)) {
		cv.lanes--
	}
	tells := len(b.events) > 0
	c.mu.Unlock()
	if tells {
		c.tell(b)
	}
}

// load calls the loader, and says why the keys that it did not settle failed.
func (b *Batch[V]) load() error {
	b.cache.opts.Load(&b.life, b)
	if b.life.Err() != nil {
		return ErrTimeout // or Close came, and has landed them
	}
	return errUnsettled
}
