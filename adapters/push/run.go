package push

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/secretmux/secretmux"
)

// Run makes store learn of rotations from the messages of src, until ctx ends. Then it
// returns the error of ctx. It goes on when src fails, so a broker may be down for any
// time: the TTL still works. Afterwards every secret that the store uses is read once,
// spread over ten times Options.Within, or over Options.Within times the number of
// secrets if that is more. When the source is over, Run returns ErrClosed. A nil store
// or source is ErrInvalid.
//
// Subscribe before the first secret is read, so that a rotation in between is not
// missed. Every instance needs a source of its own. Several Runs may serve one store.
//
// A message is acknowledged when its read is planned, and not after the read, because
// the store makes sure that the read happens. A malformed message is acknowledged too,
// because a second delivery would not help.
func Run(ctx context.Context, store *secretmux.Store, src Source, o Options) error {
	switch {
	case store == nil:
		return secretmux.Invalid("push", "the store is nil", "check the error of the call that makes it")
	case src == nil:
		return secretmux.Invalid("push", "the source is nil", "check the error of the call that makes it")
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
				o.tell(Event{Kind: Failed, Err: a.err}) // the error may have a cause beside it
				return over("push")
			}
			l.arrived(ctx, a)
		}
	}
}

func over(op string) error {
	return &secretmux.Error{
		Op: op, Class: secretmux.ErrClosed, Err: errors.New("the source is over"),
		Hint: "open another source; until then the store finds rotations when a TTL ends",
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

// notice makes the store read the secret of n, if the store uses it.
func (l *listener) notice(n Notice) {
	n, ok := n.clean() // a Parser or Names of the program may not have checked it
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

// parse turns a panic into an error, because no message may end the program.
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
