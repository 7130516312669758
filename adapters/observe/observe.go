package observe

import (
	"context"
	"log/slog"
	"slices"

	"github.com/secretmux/secretmux"
)

// Multi returns an Observer that calls each of observers in order. Nil ones are left
// out. If one panics, the others are still called. The panic is ignored, as in a store.
func Multi(observers ...secretmux.Observer) secretmux.Observer {
	own := slices.DeleteFunc(slices.Clone(observers), func(o secretmux.Observer) bool { return o == nil })
	return func(e secretmux.Event) {
		for _, o := range own {
			call(o, e)
		}
	}
}

func call(o secretmux.Observer, e secretmux.Event) {
	defer func() { _ = recover() }()
	o(e)
}

// AuditOptions says what [Audit] writes. The zero AuditOptions write every kind of event.
type AuditOptions struct {
	// Kinds are the kinds of events to write. Empty means all.
	Kinds []secretmux.EventKind
	// Level is the level of events without a failure; failures are written as
	// warnings, or at Level if that is higher. The zero Level is slog.LevelInfo.
	Level slog.Level
}

// Audit returns an Observer that writes one record for each event: event, ref, source,
// version, outcome ("ok" or the class of the failure), duration, attempt and delay. A nil
// Logger writes nothing.
func Audit(l *slog.Logger, o AuditOptions) secretmux.Observer {
	if l == nil {
		return func(secretmux.Event) {}
	}
	kinds := slices.Clone(o.Kinds)
	return func(e secretmux.Event) {
		if len(kinds) > 0 && !slices.Contains(kinds, e.Kind) {
			return
		}
		level := o.Level
		// Absence is not a failure, because a chain expects it.
		if e.Failed && !(e.Kind == secretmux.EventFallback && e.Class == secretmux.ErrNotFound) { //nolint:errorlint // classes are sentinels
			level = max(level, slog.LevelWarn)
		}
		if !l.Enabled(context.Background(), level) {
			return
		}
		attrs := [8]slog.Attr{
			slog.String("event", string(e.Kind)), slog.String("ref", e.Ref), slog.String("source", e.Source),
			slog.String("version", e.Version), slog.String("outcome", outcome(e.Failed, e.Class)),
		}
		n := 5
		if e.Duration > 0 {
			attrs[n] = slog.Duration("duration", e.Duration)
			n++
		}
		if e.Attempt > 0 {
			attrs[n] = slog.Int("attempt", e.Attempt)
			n++
		}
		if e.Delay > 0 {
			attrs[n] = slog.Duration("delay", e.Delay)
			n++
		}
		l.LogAttrs(context.Background(), level, "secret event", attrs[:n]...)
	}
}

// Reads returns a function for secretmux.Options.OnRead that writes one record
// for each read of a reference: ref, source, version, outcome and cached. It
// passes the caller's context to the handler. A read that failed is a warning. A
// nil Logger writes nothing.
func Reads(l *slog.Logger) func(context.Context, secretmux.Read) {
	if l == nil {
		return func(context.Context, secretmux.Read) {}
	}
	return func(ctx context.Context, r secretmux.Read) {
		failed := r.Class != nil
		level := slog.LevelInfo
		if failed {
			level = slog.LevelWarn
		}
		l.LogAttrs(ctx, level, "secret read",
			slog.String("ref", r.Ref), slog.String("source", r.Source), slog.String("version", r.Version),
			slog.String("outcome", outcome(failed, r.Class)), slog.Bool("cached", r.Cached))
	}
}

func outcome(failed bool, class error) string {
	switch {
	case !failed:
		return "ok"
	case class == nil:
		return "failed"
	}
	return class.Error()
}
