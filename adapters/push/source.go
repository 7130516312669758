package push

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"time"
)

// Message is a message that a broker delivers.
type Message struct {
	// Body is the content. Attributes are the fields beside it: Google's events are in
	// the attributes.
	Body       []byte
	Attributes map[string]string
	// Ack acknowledges the message to the broker. It is nil if the broker needs no
	// acknowledgement.
	Ack func()
}

// Source is a subscription that belongs to this instance. Adapters for brokers
// implement it. A program may implement it for any other broker.
//
// Receive waits for the next message. It is not called concurrently, and must return soon
// after ctx ends. Its errors:
//
//   - [ErrMissed]: the source works, but messages may have been lost since the last
//     one.
//   - io.EOF: the source is over for good.
//   - Any other error: Receive is called again, after a pause of 100 ms, then 200 ms,
//     up to 30 s.
type Source interface {
	Receive(ctx context.Context) (Message, error)
}

// ErrMissed says that messages may have been lost. A [Source] returns it, for
// example after a reconnect. [Run] then makes the store read everything that it
// uses once.
var ErrMissed = errors.New("push: messages may have been lost")

const (
	pauseFirst = 100 * time.Millisecond
	pauseLimit = 30 * time.Second
)

// arrival is the result of one Receive.
type arrival struct {
	Message
	err   error
	pause time.Duration // until the next Receive, after a failure
}

// receive calls src.Receive until ctx ends or the source is over. It runs in a
// goroutine of its own, so that a Receive that ignores ctx does not delay the end of
// Run.
func receive(ctx context.Context, src Source) <-chan arrival {
	arrivals := make(chan arrival)
	go func() {
		failures := 0
		for {
			a := receiveOne(ctx, src)
			switch {
			case a.err == nil:
				failures = 0
			case errors.Is(a.err, ErrMissed):
				failures, a.pause = 0, pauseFirst // a source that returns nothing else must not spin
			default:
				failures++
				a.pause = pause(failures)
			}
			select {
			case arrivals <- a:
			case <-ctx.Done():
				return
			}
			if errors.Is(a.err, io.EOF) || wait(ctx, a.pause) != nil {
				return
			}
		}
	}()
	return arrivals
}

// receiveOne turns a panic of src into a failure.
func receiveOne(ctx context.Context, src Source) (a arrival) {
	defer func() {
		if recover() != nil {
			a = arrival{err: errors.New("push: the source panicked")}
		}
	}()
	a.Message, a.err = src.Receive(ctx)
	return a
}

// pause is how long to wait after so many failures in a row. The second half of the
// pause is random.
func pause(failures int) time.Duration {
	p := min(pauseFirst<<min(failures-1, 10), pauseLimit)
	return p/2 + rand.N(p/2) //nolint:gosec // jitter needs no secrecy
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// acknowledge calls Ack, if there is one.
func acknowledge(m Message) {
	if m.Ack != nil {
		m.Ack()
	}
}
