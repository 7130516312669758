package secretmux

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/secretmux/secretmux/cache"
	"github.com/secretmux/secretmux/internal/underway"
)

// load reads documents for the cache. Those without a version go to the provider
// together, and each is settled as soon as it is known.
//
// What it settles is final for this load: the cache keeps it, tells the readers, and
// plans the next read. No reader's context comes here, only its values.
func (s *Store) load(ctx context.Context, b *cache.Batch[Secret]) {
	// The mode begins anew at each store: what a store around this one has said about
	// its own load does not hold for this one.
	m := mode{events: &s.events, load: true, background: b.Purpose == cache.PurposeRefresh, pass: b.Pass}
	if len(b.Keys) == 1 { // nearly all cold reads: it needs no batch
		ctx := s.withCall(ctx, m)
		secret, err := guarded(ctx, b.Keys[0], s.fetch)
		b.Settle(0, s.loaded(ctx, Result{Name: b.Keys[0], Secret: secret, Err: err}))
		return
	}
	ctx = withMode(ctx, m)
	// A version that is asked for by its id does not change, so it is rarely read, and
	// backends have no batch call for versions.
	var names, pinned []int
	for i, key := range b.Keys {
		if r, err := ParseRef(key); err == nil && r.Version == "" {
			names = append(names, i)
		} else {
			pinned = append(pinned, i)
		}
	}
	settle := func(indices []int) func(int, Result) {
		return func(k int, r Result) { b.Settle(indices[k], s.loaded(ctx, r)) }
	}
	// Names come first: they are what readers and refreshes wait for.
	if len(names) > 0 {
		s.provider.stream(ctx, pick(b.Keys, names), settle(names))
	}
	if len(pinned) > 0 {
		getEach(ctx, s.fetch, pick(b.Keys, pinned), settle(pinned))
	}
}

// inPlace is the link of s whose calls are made in the goroutine of a load; nil where
// there is none.
//
// A call must end for those who wait for it, whatever the provider does, so it is made
// in a goroutine that can be left behind. A load is one already: when its time is over,
// the cache lets its readers go. So a store with a single link makes the call right
// there, and a cold read needs one goroutine, not two. A composition can't do that: a
// link that hangs must not keep the load from asking the next. Nor can a link whose
// timeout ends before that of the load.
func (s *Store) inPlace() *link {
	l, ok := s.provider.(*link)
	if !ok || l.policy.timeout < s.timeout {
		return nil
	}
	return l
}

// ownCall is the context of a load that makes its call in its own goroutine, and the
// books of that call: one allocation instead of two.
type ownCall struct {
	modeContext

	link *link
	call underway.Call // the first one; further ones have books of their own
}

// withCall is withMode for the load of one key.
func (s *Store) withCall(ctx context.Context, m mode) context.Context {
	l := s.inPlace()
	if l == nil {
		return withMode(ctx, m)
	}
	own := &ownCall{link: l}
	m.inPlace = own
	own.modeContext = modeContext{ctx, m}
	// The first thing that the load does is this call, so the load's beginning will do for
	// it: a look at the clock is a thirtieth of a cold read.
	if deadline, ok := ctx.Deadline(); ok {
		own.call.Began = deadline.Add(-s.timeout)
	}
	return &own.modeContext
}

// late is the outcome of a load that the cache gave up. The call that it is in then
// counts among those that were left behind.
//
// It may find no call: the load waited for room, or its call ended in this very moment.
// Then only the text differs.
func (s *Store) late(key string) cache.Loaded[Secret] {
	source := ""
	if l := s.inPlace(); l != nil && l.gate.abandonLoad(wellNamed(key)) {
		source = l.source
	}
	return s.failure(key, s.noAnswer(key, source))
}

// fetch reads one document.
func (s *Store) fetch(ctx context.Context, key string) (Secret, error) {
	if !strings.Contains(key, "?") { // the node looks at the name itself
		return s.provider.Get(ctx, key)
	}
	r, err := ParseRef(key)
	if err != nil {
		return Secret{}, err
	}
	secret, _, err := readRef(ctx, s.provider, r)
	return secret, err
}

// readRef reads the document of r from one node.
//
// Explain asks in the same way, so that it tells what a read would get.
func readRef(ctx context.Context, n node, r Ref) (secret Secret, settled bool, err error) {
	if r.Version == "" {
		secret, err = n.Get(ctx, r.Name)
		return secret, false, err
	}
	return versionOf(ctx, n, r.Name, r.Version)
}

// loaded is what the cache has to know about an outcome: the value, where it came from,
// and for how long it is good.
func (s *Store) loaded(ctx context.Context, r Result) cache.Loaded[Secret] {
	if r.Err == nil && r.Secret.IsZero() {
		r.Err = errNoAnswer
	}
	if r.Err != nil {
		return s.failed(ctx, r)
	}
	p := r.Secret.p
	l := cache.Loaded[Secret]{
		Value: r.Secret, Origin: p.meta.Source, Expires: p.meta.Expires, MaxStale: p.stale, Alias: aliasOf(r.Name, p.alias),
	}
	// A link's ttl= comes before everything. A provider's advice comes before
	// Options.TTL, but not where that says to keep nothing.
	if ttl := p.meta.TTL; p.fixed || ttl != 0 && s.opts.TTL >= 0 {
		if ttl > 0 {
			ttl = max(ttl, shortestTTL) // advice below it is a number whose unit was forgotten
		}
		kept := ttl // apart, so that loads without such a wish allocate nothing
		l.TTL = &kept
	}
	return l
}

// aliasOf is the backend's own name of a document. A message is about the current
// version: one that is asked for by its id stays what it is.
func aliasOf(document, backendName string) string {
	_, version, pinned := strings.Cut(document, "?version=")
	switch {
	case !pinned || backendName == "":
		return backendName
	case version == VersionPrevious:
		return Ref{Name: backendName, Version: VersionPrevious}.document()
	}
	return ""
}

// failed is loaded for a read that failed.
func (s *Store) failed(ctx context.Context, r Result) cache.Loaded[Secret] {
	return s.failure(r.Name, s.ownTimeout(ctx, r))
}

// failure is the outcome of a load that failed with err.
func (s *Store) failure(key string, err error) cache.Loaded[Secret] {
	l := cache.Loaded[Secret]{Err: err}
	if e := outermost(err); e != nil {
		// The next try must not come while the link's gate is closed, or it would fail
		// without a call and double the pause.
		l.Origin, l.NotBefore = e.Source, e.RetryAt
		if errors.Is(e.Class, ErrThrottled) { // the throttle backs off itself; the outage gate hardly does
			l.RetryAt = e.RetryAt
		}
	}
	if errors.Is(ClassOf(err), ErrNotFound) {
		// An absent name that is watched is waited for. The links know how often they
		// can be asked for that.
		pace, _ := s.provider.pace(wellNamed(key))
		l.LookAgain = cmp.Or(pace, s.opts.ttl())
	}
	return l
}

// wellNamed is the name in a document's key.
func wellNamed(key string) string {
	r, _ := ParseRef(key)
	return r.Name
}

// ownTimeout tells the deadline of the store's read from that of a caller, whose
// context it is apart from.
//
// An error that has a class keeps it: a link has said what was wrong before the time
// was over.
func (s *Store) ownTimeout(ctx context.Context, r Result) error {
	if ctx.Err() == nil || ClassOf(r.Err) != nil {
		return r.Err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		source := ""
		if e := outermost(r.Err); e != nil {
			source = e.Source
		}
		return s.noAnswer(r.Name, source)
	}
	return closedError("get")
}

// noAnswer is the error for a load that the store itself gave up. It says its own
// limit, as timeout= of a link is another one.
func (s *Store) noAnswer(ref, source string) error {
	return &Error{
		Op: "get", Name: wellFormed(ref), Source: source, Class: ErrUnavailable,
		Err: errors.New("no answer within " + s.timeout.Round(time.Millisecond).String()), Hint: "check that the backend can be reached",
	}
}

// mode is what a store tells the links below it about a read. It travels in the
// context, because stores, chains and third-party decorators may lie between.
//
// It is one value rather than five, so that a read makes one context for all of it.
type mode struct {
	events *observers // of the store; nil outside one
	// inPlace is the call that is made in the goroutine of the load; nil: none.
	inPlace *ownCall
	// load says that the context is that of a store's load, and ends with it.
	load bool
	// background says that nobody waits for the read: it needs no second try.
	background bool
	// pass says that the read goes through a closed gate: a caller asked for it
	// by Refresh, or a client was just refused with the value that is kept.
	pass bool
	// once says that another replica is asked if this one fails.
	once bool
}

type modeKey struct{}

// modeContext is a context with a mode. Package context asks a context for AfterFunc,
// and those that it makes itself don't pass that on: without it, each context made from
// this one would cost a goroutine.
type modeContext struct {
	context.Context //nolint:containedctx // it is a context

	mode mode
}

// Value finds the innermost mode. Everything else is the business of the context around
// it.
func (c *modeContext) Value(key any) any {
	if key == (modeKey{}) {
		return &c.mode
	}
	return c.Context.Value(key)
}

// AfterFunc passes on what the context around can do.
func (c *modeContext) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(c.Context, f) }

// withMode hides the mode of a store further out, whose load this one is a part of.
func withMode(ctx context.Context, m mode) context.Context {
	return &modeContext{ctx, m}
}

// modeOf is the zero mode for a read that no store made.
func modeOf(ctx context.Context) mode {
	if m, ok := ctx.Value(modeKey{}).(*mode); ok {
		return *m
	}
	return mode{}
}

// withoutSecondTry is ctx for asking a replica that is not the last. It is ctx itself
// where that changes nothing: a context is an allocation.
func withoutSecondTry(ctx context.Context) context.Context {
	m := modeOf(ctx)
	if m.once || m.background {
		return ctx
	}
	m.once = true
	return withMode(ctx, m)
}
