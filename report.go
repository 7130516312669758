package secretmux

import (
	"context"
	"errors"
	"log/slog"

	"github.com/secretmux/secretmux/cache"
)

// observer returns what is called at each event, nil when nobody listens.
func (s *Store) observer() Observer {
	if s.opts.Observer == nil && s.opts.Logger == nil {
		return nil
	}
	return s.tell
}

func (s *Store) tell(e Event) {
	if s.opts.Observer != nil {
		s.opts.Observer.observe(e)
	}
	if s.opts.Logger != nil {
		s.log(e)
	}
}

func (s *Store) report(e cache.Event[Secret]) {
	s.tell(Event{
		Kind: kindOf(e.Kind), Ref: e.Key, Source: e.Origin, Version: e.Value.Version(),
		Class: ClassOf(s.describe("get", e.Key, e.Err)), Failed: e.Err != nil,
		Duration: e.Duration, Attempt: e.Attempt, Delay: e.Delay,
	})
}

func kindOf(k cache.Kind) EventKind {
	switch k {
	case cache.LoadDone:
		return EventLoad
	case cache.RefreshDone:
		return EventRefresh
	case cache.Rotated:
		return EventRotation
	case cache.Refused:
		return EventRefusal
	case cache.StaleBegan:
		return EventStale
	case cache.RetryPlanned:
		return EventRetry
	case cache.CallbackFailed:
		return EventCallback
	}
	return ""
}

// log writes what an operator has to know. Errors appear by class alone: their
// texts may be other people's.
func (s *Store) log(e Event) {
	level := slog.LevelDebug
	switch {
	case e.Kind == EventFallback && errors.Is(e.Class, ErrNotFound): // what a chain is for
	case e.Kind == EventRotation:
		level = slog.LevelInfo
	case e.Failed:
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.String("ref", e.Ref), slog.String("source", e.Source), slog.String("version", e.Version)}
	if e.Failed {
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
	s.opts.Logger.LogAttrs(context.Background(), level, "secretmux: "+string(e.Kind), attrs...)
}
