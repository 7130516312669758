package natspush

import (
	"context"
	"io"

	"github.com/nats-io/nats.go"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
)

// room is how many messages may wait for push.Run, which is quick. Messages above that
// are lost, and push.Run learns of the loss.
const room = 1024

// core is a plain subscription.
type core struct {
	nc       *nats.Conn
	messages chan *nats.Msg
	subs     []*nats.Subscription
	seen     mishaps
}

// mishaps counts the times at which messages may have been lost.
type mishaps struct {
	reconnects uint64
	dropped    int
}

// Source subscribes to the messages that [Publish] sends for subject, and to subject
// itself. It is a plain subscription, so every instance gets every message. After a
// reconnect, and after messages came faster than they were read, it returns
// push.ErrMissed.
//
// The subscription lasts as long as nc. The Source is also an io.Closer: Close ends
// only the subscription. A malformed subject, a subject with a wildcard, and a nil
// connection are ErrInvalid. Failures of NATS are ErrUnavailable.
func Source(nc *nats.Conn, subject string) (push.Source, error) {
	if nc == nil {
		return nil, secretmux.Invalid("subscribe", "the connection is nil", "check the error of the call that makes it")
	}
	if err := checkSubject("subscribe", subject); err != nil {
		return nil, err
	}
	s := &core{nc: nc, messages: make(chan *nats.Msg, room)}
	s.seen.reconnects = nc.Stats().Reconnects
	for _, at := range []string{subject, subject + ".*"} {
		sub, err := nc.ChanSubscribe(at, s.messages)
		if err != nil {
			_ = s.Close()
			return nil, unavailable("subscribe", err)
		}
		s.subs = append(s.subs, sub)
	}
	return s, nil
}

// Receive implements push.Source.
func (s *core) Receive(ctx context.Context) (push.Message, error) {
	status := watchStatus(s.nc)
	defer s.nc.RemoveStatusListener(status)
	for {
		if s.missed() {
			return push.Message{}, push.ErrMissed
		}
		select {
		case m := <-s.messages:
			return push.Message{Body: m.Data}, nil
		default:
		}
		if s.nc.IsClosed() {
			return push.Message{}, io.EOF
		}
		select {
		case m := <-s.messages:
			return push.Message{Body: m.Data}, nil
		case <-status: // look at the new state
		case <-ctx.Done():
			return push.Message{}, ctx.Err()
		}
	}
}

// watchStatus returns a channel that reports that the connection works again, or is
// closed. It is for one Receive, because the client drops a channel that is not read at
// once.
func watchStatus(nc *nats.Conn) chan nats.Status {
	return nc.StatusChanged(nats.CONNECTED, nats.CLOSED)
}

// missed reports whether messages may have been lost since its last call. It waits with
// that until the connection works again.
func (s *core) missed() bool {
	if !s.nc.IsConnected() {
		return false
	}
	now := mishaps{reconnects: s.nc.Stats().Reconnects}
	for _, sub := range s.subs {
		if n, err := sub.Dropped(); err == nil {
			now.dropped += n
		}
	}
	changed := now != s.seen
	s.seen = now
	return changed
}

// Close ends the subscription. The connection stays open.
func (s *core) Close() error {
	var err error
	for _, sub := range s.subs {
		if e := sub.Unsubscribe(); err == nil {
			err = e
		}
	}
	return unavailable("unsubscribe", err)
}
