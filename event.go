package secretmux

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// EventKind says what an [Event] is about.
type EventKind string

// The kinds of events.
const (
	// EventLoad is a read of the backend that a caller waited for.
	EventLoad EventKind = "load"
	// EventRefresh is a read of the backend in the background, or by Refresh.
	EventRefresh EventKind = "refresh"
	// EventFallback is a link that was passed over.
	EventFallback EventKind = "fallback"
	// EventRotation is a change of content.
	EventRotation EventKind = "rotation"
	// EventRefusal is a new value that Options.Validate refused.
	EventRefusal EventKind = "refusal"
	// EventStale is a value that is served past its TTL from now on.
	EventStale EventKind = "stale"
	// EventRecovered is a good read after EventStale or after several failed ones;
	// Attempt says how many.
	EventRecovered EventKind = "recovered"
	// EventGone is a secret that was there, or is watched, and is now absent,
	// disabled or denied: Class says which. It is told once.
	EventGone EventKind = "gone"
	// EventAppeared is the value of a secret that was gone.
	EventAppeared EventKind = "appeared"
	// EventRetry is a failed refresh or callback that will be tried again after Delay.
	EventRetry EventKind = "retry"
	// EventCallback is a rotation callback that failed or panicked.
	EventCallback EventKind = "callback"
)

// Event is something that a store did. It never holds a value. Fields that a
// kind has no use for are zero.
type Event struct {
	Kind EventKind
	// Ref is the reference, without its #field for loads and refreshes.
	Ref string
	// Source is the redacted URI of the link. Empty means unknown.
	Source string
	// Version is the backend's id of the version that is now served.
	Version string
	// Class is the class of the failure. Nil means that nothing failed, or that the
	// failure has no class.
	Class error
	// Failed says that the load, refresh or callback failed.
	Failed bool
	// Duration is how long the load or refresh took.
	Duration time.Duration
	// Attempt counts consecutive failures, from 1.
	Attempt int
	// Delay is the pause before the next attempt.
	Delay time.Duration
}

// Observer is called at each event, from the goroutine that caused it, with no
// lock held. It must be quick, safe for concurrent use, and must not wait for the
// store. Its panics are swallowed.
type Observer func(Event)

// observe swallows panics: an observer runs in goroutines of the store, where its panic
// would end the program.
func (o Observer) observe(e Event) {
	defer func() { _ = recover() }()
	o(e)
}

// observers are all who listen to a store.
//
// They may come and go while events are told. Nothing is locked while one of them runs:
// it may call Observe or stop itself.
type observers struct {
	fixed  Observer // Options.Observer
	logger *slog.Logger

	mu   sync.Mutex
	more []*Observer

	listen atomic.Bool // there is one of them
}

// init takes those that are there from the start.
func (o *observers) init(opts Options) {
	o.fixed, o.logger = opts.Observer, opts.Logger
	o.change(func(more []*Observer) []*Observer { return more })
}

// change replaces the list. listen is what the cache looks at before it makes an event:
// without it, each cold read would pay for events that nobody hears.
func (o *observers) change(change func([]*Observer) []*Observer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.more = change(slices.Clone(o.more)) // tell goes through the one that it found
	o.listen.Store(o.fixed != nil || o.logger != nil || len(o.more) > 0)
}

// Observe has o called at each event from now on, beside Options.Observer, until
// stop is called; calls that are running then may go on. A nil o is never called.
func (s *Store) Observe(o Observer) (stop func()) {
	if o == nil {
		return func() {}
	}
	s.events.change(func(more []*Observer) []*Observer { return append(more, &o) })
	return func() {
		s.events.change(func(more []*Observer) []*Observer {
			// Functions can't be compared, so an observer is known by the address of
			// its variable.
			return slices.DeleteFunc(more, func(other *Observer) bool { return other == &o })
		})
	}
}

// tell passes an event to all of them, in the order in which they came, and to the log
// last.
func (o *observers) tell(e Event) {
	if o.fixed != nil {
		o.fixed.observe(e)
	}
	o.mu.Lock()
	more := o.more // it is replaced, never changed
	o.mu.Unlock()
	for _, one := range more {
		one.observe(e)
	}
	if o.logger != nil {
		o.log(e)
	}
}

// report turns an event of the cache, which knows nothing of secrets, into one of this
// package. It passes on names, versions and classes, and drops the value and the error:
// their texts may be anything.
func (s *Store) report(e cache.Event[Secret]) {
	s.events.tell(Event{
		Kind: kindOf(e.Kind), Ref: e.Key, Source: cmp.Or(e.Origin, e.Value.Source()), Version: e.Value.Version(),
		Class: ClassOf(s.describe("get", e.Key, e.Err)), Failed: e.Err != nil,
		Duration: e.Duration, Attempt: e.Attempt, Delay: e.Delay,
	})
}

// kindOf maps the cache's kinds one by one. They are not the same strings, so that the
// cache may rename its own.
func kindOf(k cache.Kind) EventKind {
	switch k {
	case cache.KindLoadDone:
		return EventLoad
	case cache.KindRefreshDone:
		return EventRefresh
	case cache.KindRotated:
		return EventRotation
	case cache.KindRefused:
		return EventRefusal
	case cache.KindStaleBegan:
		return EventStale
	case cache.KindRecovered:
		return EventRecovered
	case cache.KindGone:
		return EventGone
	case cache.KindAppeared:
		return EventAppeared
	case cache.KindRetryPlanned:
		return EventRetry
	case cache.KindCallbackFailed:
		return EventCallback
	}
	return ""
}

// log writes what an operator has to know. Errors appear only by their class:
// their texts may be other people's. A handler that panics must not end the
// program from a goroutine of the store.
func (o *observers) log(e Event) {
	defer func() { _ = recover() }()
	level := slog.LevelDebug
	switch {
	case e.Kind == EventFallback && errors.Is(e.Class, ErrNotFound): // what a chain is for
	case e.Kind == EventRotation, e.Kind == EventAppeared, e.Kind == EventRecovered:
		level = slog.LevelInfo
	case e.Failed:
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.String("ref", e.Ref), slog.String("source", e.Source), slog.String("version", e.Version)}
	if e.Failed {
		// An error without a class is a failure all the same, and must not look like a
		// success.
		class := "unclassified"
		if e.Class != nil {
			class = e.Class.Error()
		}
		attrs = append(attrs, slog.String("class", class))
	}
	if e.Attempt > 0 {
		attrs = append(attrs, slog.Int("attempt", e.Attempt))
	}
	if e.Delay > 0 {
		attrs = append(attrs, slog.Duration("delay", e.Delay))
	}
	if e.Duration > 0 {
		attrs = append(attrs, slog.Duration("took", e.Duration))
	}
	o.logger.LogAttrs(context.Background(), level, "secretmux: "+string(e.Kind), attrs...)
}

// Read is one read of a reference by a caller, for an audit trail. It never holds
// a value.
type Read struct {
	// Ref is the reference as the caller wrote it. It is empty if it does not parse,
	// because it may then be a value in the wrong place.
	Ref string
	// Source is the redacted URI of the link that answered or failed, Version the
	// backend's id of what was read.
	Source, Version string
	// Class is the class of the failure. Nil means that the read succeeded or that its
	// caller's ctx ended it.
	Class error
	// Cached says that no read of the backend was waited for.
	Cached bool
}

// tellRead calls Options.OnRead. A panic in it must not fail the read.
func (s *Store) tellRead(ctx context.Context, ref string, secret Secret, cached bool, err error) {
	if s.opts.OnRead == nil {
		return
	}
	// An audit trail must not become the place where a value in the wrong argument is
	// kept.
	r := Read{Ref: wellFormed(ref), Source: secret.Source(), Version: secret.Version(), Class: ClassOf(err), Cached: cached}
	// A failed read has no secret that could say its source.
	if e := outermost(err); e != nil {
		r.Source = e.Source
	}
	defer func() { _ = recover() }()
	s.opts.OnRead(ctx, r)
}

// observeFallback tells the store above, if there is one, that a link was passed over.
// A chain has no observers of its own.
func observeFallback(ctx context.Context, name, source string, err error) {
	if o := modeOf(ctx).events; o != nil {
		o.tell(Event{Kind: EventFallback, Ref: name, Source: source, Class: ClassOf(err), Failed: true}) //nolint:contextcheck // a log has no caller
	}
}
