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

// load reads documents for the cache. Those without a version are read in one batch, and each is
// settled as soon as it is known.
//
// What it settles is final for this load: the cache keeps it, tells the readers, and plans the
// next read. ctx has the values of a reader's context, but does not end with it.
func (s *Store) load(ctx context.Context, b *cache.Batch[Secret]) {
	// The mode begins anew at each store: what a store around this one said about its own load
	// does not apply to this load.
	m := mode{events: &s.events, load: true, background: b.Purpose == cache.PurposeRefresh, pass: b.Pass}
	if len(b.Keys) == 1 { // nearly all cold reads: it needs no batch
		ctx := s.withCall(ctx, m)
		secret, err := guarded(ctx, b.Keys[0], s.fetch)
		b.Settle(0, s.loaded(ctx, Result{Name: b.Keys[0], Secret: secret, Err: err}))
		return
	}
	ctx = withMode(ctx, m)
	// A version with an id does not change, so it is rarely read. And backends have no batch
	// call for versions.
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
	// Names come first: readers and refreshes usually wait for names.
	if len(names) > 0 {
		s.provider.stream(ctx, pick(b.Keys, names), settle(names))
	}
	if len(pinned) > 0 {
		getEach(ctx, s.fetch, pick(b.Keys, pinned), settle(pinned))
	}
}

// inPlace is the link of s whose calls are made in the goroutine of a load; nil if there is
// none.
//
// A call must end for those who wait for it, whatever the provider does, so it is made in a
// goroutine that can be left behind. The goroutine of a load is one already: when its time is
// over, the cache lets its readers go. So a store with a single link makes the call there, and a
// cold read needs one goroutine, not two. A composition can't do that: a link that hangs must
// not keep the load from asking the next link. Nor can a link whose timeout ends before that of
// the load.
func (s *Store) inPlace() *link {
	l, ok := s.provider.(*link)
	if !ok || l.policy.timeout < s.timeout {
		return nil
	}
	return l
}

// ownCall is the context of a load that makes its call in its own goroutine, together with the
// record of that call: one allocation instead of two.
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
	// The load begins with this call, so the load's beginning is used as the call's: a look at
	// the clock is a thirtieth of a cold read.
	if deadline, ok := ctx.Deadline(); ok {
		own.call.Began = deadline.Add(-s.timeout)
	}
	return &own.modeContext
}

// late is the outcome of a load that the cache gave up. The call that the load is in counts as
// left behind from then on.
//
// The load may not be in a call: it waited for room, or its call ended at this very moment. Then
// only the text of the error differs.
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
	// A link's ttl= comes before everything. A provider's advice comes before Options.TTL,
	// unless Options.TTL says to keep nothing.
	if ttl := p.meta.TTL; p.fixed || ttl != 0 && s.opts.TTL >= 0 {
		if ttl > 0 {
			ttl = max(ttl, shortestTTL) // advice below it is a number whose unit was forgotten
		}
		kept := ttl // a variable of its own, so that loads without a ttl allocate nothing
		l.TTL = &kept
	}
	return l
}

// aliasOf is the backend's own name of a document. A message is about the current version, so a
// version that is asked for by its id has no alias.
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
		// The next try must not come while the link's gate is closed: it would fail without a
		// call, and double the pause.
		l.Origin, l.NotBefore = e.Source, e.RetryAt
		if errors.Is(e.Class, ErrThrottled) { // the throttle has a back-off of its own; the outage gate hardly has
			l.RetryAt = e.RetryAt
		}
	}
	if errors.Is(ClassOf(err), ErrNotFound) {
		// An absent name that is watched is looked for again. The links know how often they can
		// be asked.
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

// ownTimeout gives an error to a read that ended by the store's own deadline, which is not the
// caller's.
//
// An error that has a class is kept: a link has said what was wrong before the time was over.
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

// noAnswer is the error for a load that the store itself gave up. It names the store's limit,
// which is not the timeout= of a link.
func (s *Store) noAnswer(ref, source string) error {
	return &Error{
		Op: "get", Name: wellFormed(ref), Source: source, Class: ErrUnavailable,
		Err: errors.New("no answer within " + s.timeout.Round(time.Millisecond).String()), Hint: "check that the backend can be reached",
	}
}

// mode is what a store tells the links below it about a read. It travels in the
// context, because stores, chains and third-party decorators may lie between.
//
// It is one value and not several, so that a read makes one context for all of them.
type mode struct {
	events *observers // of the store; nil outside one
	// inPlace is the call that is made in the goroutine of the load; nil: none.
	inPlace *ownCall
	// load says that the context is that of a store's load, and ends with the load.
	load bool
	// background says that nobody waits for the read: it needs no second try.
	background bool
	// pass says that the read goes through a closed gate: a caller asked for it
	// by Refresh, or a client was just refused with the value that is kept.
	pass bool
	// once says that there is no second try, because another replica is asked if this one fails.
	once bool
}

type modeKey struct{}

// modeContext is a context with a mode. Package context looks for a method AfterFunc, which its
// own value contexts don't pass on. Without it, each context made from this one would cost a
// goroutine.
type modeContext struct {
	context.Context //nolint:containedctx // it is a context

	mode mode
}

// Value finds the innermost mode. The context around it answers for every other key.
func (c *modeContext) Value(key any) any {
	if key == (modeKey{}) {
		return &c.mode
	}
	return c.Context.Value(key)
}

// AfterFunc passes on the AfterFunc of the context around it.
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

// withoutSecondTry is ctx for asking a replica that is not the last. It is ctx itself if that
// changes nothing, because a context is an allocation.
func withoutSecondTry(ctx context.Context) context.Context {
	m := modeOf(ctx)
	if m.once || m.background {
		return ctx
	}
	m.once = true
	return withMode(ctx, m)
}
