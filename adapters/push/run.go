package push

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/secretmux/secretmux"
)

// Run has store learn of rotations from the messages of src, until ctx ends; then it
// returns ctx's error. It goes on when src fails, so that a broker may be gone for any
// time: the TTL still holds, and afterwards whatever the store uses is read once, over
// ten times Options.Within, or as many times as there are secrets. A source that is over
// makes Run return ErrClosed, and a nil store or source is ErrInvalid.
//
// Subscribe before the first secret is read, then a rotation in between is not missed.
// Every instance needs a source of its own. Several Runs may serve one store.
//
// A message is acknowledged when the read is planned, not when it was made: the store
// sees to the rest. A malformed one is acknowledged, too, as it would not be better later.
func Run(ctx context.Context, store *secretmux.Store, src Source, o Options) error {
	switch {
	case store == nil:
		return secretmux.Invalid("push", "the store is nil", "check the error of what should have made it")
	case src == nil:
		return secretmux.Invalid("push", "the source is nil", "check the error of what should have made it")
	}
	if o.Parse == nil {
		o.Parse = Any
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &listener{store: store, opts: o, sweeper: newSweeper()}
	defer l.timer.Stop()
	arrivals := receive(ctx, src)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.timer.C:
			l.sweepIfDue()
		case a := <-arrivals:
			if errors.Is(a.err, io.EOF) {
				o.tell(Event{Kind: Failed, Err: a.err}) // it may have a cause beside it
				return over("push")
			}
			l.arrived(ctx, a)
		}
	}
}

func over(op string) error {
	return &secretmux.Error{
		Op: op, Class: secretmux.ErrClosed, Err: errors.New("the source is over"),
		Hint: "open another one; until then rotations are found when a TTL ends",
	}
}

// listener is the state of one Run.
type listener struct {
	store *secretmux.Store
	opts  Options
	sweeper
	last recent
}

func (l *listener) arrived(ctx context.Context, a arrival) {
	switch {
	case a.err == nil:
		l.well()
		l.message(a.Message)
		acknowledge(a.Message)
	case errors.Is(a.err, ErrMissed):
		l.missed()
	case ctx.Err() != nil:
	default:
		l.opts.tell(Event{Kind: Failed, Err: a.err})
		l.failed(a.pause)
	}
	l.sweepIfDue()
}

func (l *listener) message(m Message) {
	l.opts.tell(Event{Kind: Received})
	notices, err := l.parse(m)
	switch {
	case err != nil:
		l.opts.tell(Event{Kind: Malformed})
	case len(notices) == 0:
		l.opts.tell(Event{Kind: Irrelevant})
	}
	for _, n := range notices {
		names := l.names(n.Name)
		if len(names) == 0 {
			l.opts.tell(Event{Kind: Unused})
		}
		for _, name := range names {
			n.Name = name
			l.notice(n)
		}
	}
}

// notice has the store read what n is about, if it is in use.
func (l *listener) notice(n Notice) {
	n, ok := n.clean() // a Parser or Names of the program's own may not have looked
	if !ok {
		l.opts.tell(Event{Kind: Malformed})
		return
	}
	n = l.last.newest(n, time.Now())
	if !l.store.Expect(n.Name, n.Version, l.opts.within()) {
		l.opts.tell(Event{Kind: Unused})
		return
	}
	l.last.keep(n)
	l.opts.tell(Event{Kind: Expected, Name: n.Name})
}

// parse makes a panic an error: no message may end the program.
func (l *listener) parse(m Message) (notices []Notice, err error) {
	defer func() {
		if recover() != nil {
			notices, err = nil, malformed("Options.Parse panicked")
		}
	}()
	return l.opts.Parse(m)
}

func (l *listener) names(name string) (names []string) {
	if l.opts.Names == nil {
		return []string{name}
	}
	defer func() {
		if recover() != nil {
			names = nil
		}
	}()
	return l.opts.Names(name)
}
