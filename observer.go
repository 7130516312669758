package secretmux

import (
	"context"
	"time"
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
	// Source is the redacted URI of the link, where one is known.
	Source string
	// Version is the backend's id of the version that is now served.
	Version string
	// Class is that of the failure; nil when there was none or it has none.
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
// lock held. It must be quick, safe for concurrent use, and must not call the
// store. Its panics are swallowed.
type Observer func(Event)

func (o Observer) observe(e Event) {
	defer func() { _ = recover() }()
	o(e)
}

type observerKey struct{}

// withObserver lets the links below a store report fallbacks to it.
func withObserver(ctx context.Context, o Observer) context.Context {
	if o == nil {
		return ctx
	}
	return context.WithValue(ctx, observerKey{}, o)
}

func observeFallback(ctx context.Context, name, source string, err error) {
	if o, ok := ctx.Value(observerKey{}).(Observer); ok {
		o.observe(Event{Kind: EventFallback, Ref: name, Source: source, Class: ClassOf(err), Failed: true})
	}
}
