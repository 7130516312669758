package secretmux

import "context"

// mode is what a store tells the links below it about a read. It travels in the
// context, because stores, chains and third-party decorators may lie between.
type mode struct {
	observer Observer
	// background says that nobody waits for the read: it needs no second try.
	background bool
	// pass says that the read goes through a closed gate: somebody asked for it by
	// Refresh, or a client was just refused with the value that is kept.
	pass bool
	// once says that another replica is asked if this one fails.
	once bool
}

type modeKey struct{}

func withMode(ctx context.Context, m mode) context.Context {
	return context.WithValue(ctx, modeKey{}, m)
}

func modeOf(ctx context.Context) mode {
	m, _ := ctx.Value(modeKey{}).(mode)
	return m
}

func withoutSecondTry(ctx context.Context) context.Context {
	m := modeOf(ctx)
	if m.once || m.background {
		return ctx
	}
	m.once = true
	return withMode(ctx, m)
}

func observeFallback(ctx context.Context, name, source string, err error) {
	if o := modeOf(ctx).observer; o != nil {
		o.observe(Event{Kind: EventFallback, Ref: name, Source: source, Class: ClassOf(err), Failed: true})
	}
}
