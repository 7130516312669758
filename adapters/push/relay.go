package push

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/secretmux/secretmux"
)

// sendTimeout is how long one try to send may take.
const sendTimeout = 10 * time.Second

// Relay reads a cloud's queue and forwards each notice to the broker of a cluster. send
// chooses the format:
//
//	push.Relay(ctx, queue, nil, func(ctx context.Context, n push.Notice) error {
//		return natspush.Publish(ctx, nc, "secrets.rotated", n)
//	})
//
// One relay for each cluster is enough. A second one for safety only doubles the
// messages, which does no harm. A nil parse means [Any]. Relay needs no store and no
// permission to read a secret.
//
// A send that fails is tried again, with a pause of 100 ms up to 30 s, until it
// succeeds or ctx ends; each try has 10 seconds. A message is acknowledged after all of
// its notices were sent. It is also acknowledged if it is malformed or has no notice.
// When ctx ends, Relay returns the error of ctx. When the source is over, it returns
// ErrClosed. A nil source or send is ErrInvalid.
func Relay(ctx context.Context, src Source, parse Parser, send func(context.Context, Notice) error) error {
	if src == nil || send == nil {
		return secretmux.Invalid("relay", "the source or send is nil", "pass a source and a function that sends")
	}
	if parse == nil {
		parse = Any
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &listener{opts: Options{Parse: parse}}
	arrivals := receive(ctx, src)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case a := <-arrivals:
			switch {
			case errors.Is(a.err, io.EOF):
				return over("relay")
			case a.err != nil: // receive pauses
			case l.forward(ctx, a.Message, send) != nil:
				return ctx.Err()
			}
		}
	}
}

// forward sends all notices of m, and fails only when ctx ends.
func (l *listener) forward(ctx context.Context, m Message, send func(context.Context, Notice) error) error {
	notices, _ := l.parse(m) // a malformed message has none
	for _, n := range notices {
		n, ok := n.clean() // a parser of the program may not have checked the notice
		for failures := 1; ok && trySend(ctx, n, send) != nil; failures++ {
			if err := wait(ctx, pause(failures)); err != nil {
				return err
			}
		}
	}
	acknowledge(m)
	return nil
}

func trySend(ctx context.Context, n Notice, send func(context.Context, Notice) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	defer func() {
		if recover() != nil {
			err = errors.New("relay: send panicked")
		}
	}()
	return send(ctx, n)
}
