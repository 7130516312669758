package gocloudpush

import (
	"context"
	"errors"
	"io"
	"time"

	"gocloud.dev/pubsub"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
)

// Source turns a subscription that the program opened into a source. The program ends
// it: end push.Run first, and then call Shutdown.
//
// A Subscription that has failed once fails for ever. The source is then over, and
// push.Run ends with ErrClosed. [Reopen] goes on after a failure. A nil subscription is
// over at once.
func Source(s *pubsub.Subscription) push.Source { return &fixed{s} }

type fixed struct{ sub *pubsub.Subscription }

// Receive implements push.Source.
func (f *fixed) Receive(ctx context.Context) (push.Message, error) {
	if f.sub == nil {
		return push.Message{}, io.EOF
	}
	m, err := receive(ctx, f.sub)
	if err != nil && ctx.Err() == nil {
		err = errors.Join(io.EOF, err)
	}
	return m, err
}

func receive(ctx context.Context, sub *pubsub.Subscription) (push.Message, error) {
	m, err := sub.Receive(ctx)
	if err != nil {
		return push.Message{}, err
	}
	return push.Message{Body: m.Body, Attributes: m.Metadata, Ack: m.Ack}, nil
}

// Reopen is a source that opens its subscription itself, at the first Receive and again
// after each failure. So it survives an outage of the broker that is longer than the
// retries of the driver. push.Run then reads everything that may have been missed.
//
// open is called with the context of push.Run. If it fails, it is called again after a
// pause. A subscription that it returned is shut down before the next one is opened,
// and when the context ends. With a nil open each Receive is ErrInvalid.
func Reopen(open func(context.Context) (*pubsub.Subscription, error)) push.Source {
	return &reopening{open: open}
}

type reopening struct {
	open func(context.Context) (*pubsub.Subscription, error)
	sub  *pubsub.Subscription
}

// shutdownTimeout is how long acknowledgements that are on their way may take.
const shutdownTimeout = 5 * time.Second

// Receive implements push.Source.
func (r *reopening) Receive(ctx context.Context) (push.Message, error) {
	if r.sub == nil {
		if err := r.reopen(ctx); err != nil {
			return push.Message{}, err
		}
	}
	m, err := receive(ctx, r.sub)
	if err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		_ = r.sub.Shutdown(ctx) // it has failed already, and its error was returned
		r.sub = nil
	}
	return m, err
}

func (r *reopening) reopen(ctx context.Context) error {
	if r.open == nil {
		return secretmux.Invalid("subscribe", "open is nil", "pass a function that opens the subscription")
	}
	sub, err := r.open(ctx)
	if err != nil {
		return err
	}
	if sub == nil {
		return secretmux.Invalid("subscribe", "open returned no subscription and no error", "return a subscription or an error")
	}
	r.sub = sub
	return nil
}
