package push

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"time"
)

// Message is what a broker delivers.
type Message struct {
	// Body is the content, Attributes what is beside it: Google's events are in the
	// attributes.
	Body       []byte
	Attributes map[string]string
	// Ack tells the broker that the message was dealt with. Nil where the broker does
	// not want to know.
	Ack func()
}

// Source is a subscription of this instance's own. Adapters for brokers implement it, and
// so may a program for any other broker.
//
// Receive waits for the next message. It is not called concurrently, and must return soon
// after ctx ends. Its errors:
//
//   - [ErrMissed]: the source is well, but messages may have been lost since the last one.
//   - io.EOF: the source is over and will not come back.
//   - Any other: Receive is called again, after a pause of 100 ms, then 200 ms, up to 30 s.
type Source interface {
	Receive(ctx context.Context) (Message, error)
}

// ErrMissed is what a [Source] returns after a time in which messages may have been lost,
// a reconnect for example. [Run] then has everything that the store uses read once.
var ErrMissed = errors.New("push: messages may have been lost")

const (
	pauseFirst = 100 * time.Millisecond
	pauseLimit = 30 * time.Second
)

// arrival is what one Receive returned.
type arrival struct {
	Message
	err   error
	pause time.Duration // until the next Receive, after a failure
}

// receive calls src.Receive until ctx ends or the source is over. It is a goroutine of
// its own, so that a Receive which ignores ctx does not hold up the end.
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
				failures, a.pause = 0, pauseFirst // a source that says nothing else must not spin
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

// receiveOne makes a panic of src a failure.
func receiveOne(ctx context.Context, src Source) (a arrival) {
	defer func() {
		if recover() != nil {
			a = arrival{err: errors.New("push: the source panicked")}
		}
	}()
	a.Message, a.err = src.Receive(ctx)
	return a
}

// pause is how long to wait after so many failures in a row, the latter half random.
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

// acknowledge tells the broker, as far as it wants to know.
func acknowledge(m Message) {
	if m.Ack != nil {
		m.Ack()
	}
}
