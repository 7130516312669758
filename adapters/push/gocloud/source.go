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

// Source makes a subscription that the program opened a source, and leaves its end to the
// program: end push.Run first, then Shutdown.
//
// A Subscription that has failed once fails for ever, so the source is over then, and
// push.Run ends with ErrClosed. [Reopen] goes on. A nil subscription is over at once.
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

// Reopen is a source that opens its subscription by itself, at the first Receive, and
// again after each failure, so that it survives an outage of the broker for longer than
// the driver tries again. push.Run then sees to what was missed.
//
// open is called with the context of push.Run, and after a pause again where it fails. A
// subscription that it returned is shut down before the next is opened, and when the
// context ends. With a nil open each Receive is ErrInvalid.
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
		_ = r.sub.Shutdown(ctx) // it has failed already, and said why
		r.sub = nil
	}
	return m, err
}

func (r *reopening) reopen(ctx context.Context) error {
	if r.open == nil {
		return secretmux.Invalid("subscribe", "open is nil", "give it a function that opens the subscription")
	}
	sub, err := r.open(ctx)
	if err != nil {
		return err
	}
	if sub == nil {
		return secretmux.Invalid("subscribe", "open returned no subscription and no error", "return the subscription")
	}
	r.sub = sub
	return nil
}
