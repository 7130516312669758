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

// Relay reads a cloud's queue and sends each notice on to the broker of a cluster, in
// this package's format or any other that send likes:
//
//	push.Relay(ctx, queue, nil, func(ctx context.Context, n push.Notice) error {
//		return natspush.Publish(ctx, nc, "secrets.rotated", n)
//	})
//
// One relay for each cluster does; a second one for safety only doubles the messages, which
// harms nobody. A nil parse is [Any]. It needs no store and no right to read a secret.
//
// A send that fails is tried again, with a pause of 100 ms up to 30 s, until it succeeds or
// ctx ends; each try has 10 seconds. A message is acknowledged after all of its notices were
// sent, and if it is malformed or has none. When ctx ends Relay returns ctx's error,
// when the source is over ErrClosed; a nil source or send is ErrInvalid.
func Relay(ctx context.Context, src Source, parse Parser, send func(context.Context, Notice) error) error {
	if src == nil || send == nil {
		return secretmux.Invalid("relay", "the source or send is nil", "give it both")
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
	notices, _ := l.parse(m) // what is malformed has none
	for _, n := range notices {
		n, ok := n.clean() // a parser of the program's own may not have looked
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
