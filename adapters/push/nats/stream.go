package natspush

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
)

const (
	// inactive is when the server drops the consumer of an instance that has left.
	inactive = 5 * time.Minute
	// These say how long and how often another consumer is tried before Receive fails.
	// A server that has just started needs a moment for its streams.
	remakeFor, remakeEvery = 10 * time.Second, 250 * time.Millisecond
)

// stream reads a stream through consumers of its own. After each failure it makes
// another one, which begins with the last message of each secret again. Messages that
// the store knows already change nothing. JetStream's ordered consumer would continue
// behind the last message that it saw, so it would wait for ever in a stream that was
// made anew.
type stream struct {
	js           jetstream.JetStream
	name, filter string
	seen         uint64 // reconnects
	consumer     *consumer
	made         time.Time // the consumer
}

// consumer is one consumer on the server.
type consumer struct {
	messages chan jetstream.Msg
	trouble  chan struct{}
	last     uint64 // sequence number of the consumer's last message
	done     chan struct{}
	end      func()
}

// Stream reads what [Publish] sends to subject from a JetStream stream: first the last
// message of each secret, and then the new messages. It goes on after reconnects, after
// restarts of the server, and after the stream was made anew. The package comment
// describes the stream.
//
// ctx is for the first consumer, which is made at once. A stream that does not exist is
// ErrNotFound, and other failures of NATS are ErrUnavailable. A malformed subject, a
// subject with a wildcard, and a nil js are ErrInvalid. The account needs the
// permission to look up the stream, and to make and read a consumer of it.
//
// The Source is also an io.Closer: Close ends the consumer.
func Stream(ctx context.Context, js jetstream.JetStream, name, subject string) (push.Source, error) {
	if js == nil {
		return nil, secretmux.Invalid("subscribe", "the JetStream is nil", "check the error of the call that makes it")
	}
	if err := checkSubject("subscribe", subject); err != nil {
		return nil, err
	}
	s := &stream{js: js, name: name, filter: subject + ".*"}
	switch err := s.remake(ctx); {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, &secretmux.Error{
			Op: "subscribe", Class: secretmux.ErrNotFound, Err: errors.New("the stream does not exist"),
			Hint: "make the stream, with the subject and .* in its Subjects, and a MaxMsgsPerSubject of 1",
		}
	case err != nil:
		return nil, unavailable("subscribe", err)
	}
	return s, nil
}

// Receive implements push.Source.
func (s *stream) Receive(ctx context.Context) (push.Message, error) {
	status := watchStatus(s.js.Conn())
	defer s.js.Conn().RemoveStatusListener(status)
	for {
		if err := s.ensure(ctx); err != nil {
			return push.Message{}, err
		}
		select {
		case m := <-s.consumer.messages:
			if s.consumer.follows(m) {
				return push.Message{Body: m.Data()}, nil
			}
			s.drop()
		case <-s.consumer.trouble:
			s.drop()
		case <-status: // see what has changed
		case <-ctx.Done():
			return push.Message{}, ctx.Err()
		}
	}
}

// follows reports whether m comes directly after the last message, so that no message
// was lost between them.
func (c *consumer) follows(m jetstream.Msg) bool {
	meta, err := m.Metadata()
	if err != nil || meta.Sequence.Consumer != c.last+1 {
		return false
	}
	c.last++
	return true
}

// ensure makes a consumer, unless there is one from after the last reconnect.
func (s *stream) ensure(ctx context.Context) error {
	nc := s.js.Conn()
	if nc.IsClosed() {
		s.drop()
		return io.EOF
	}
	if nc.IsConnected() && nc.Stats().Reconnects != s.seen {
		s.drop()
	}
	if s.consumer != nil {
		return nil
	}
	return s.again(ctx)
}

// again makes another consumer. It tries for some time.
func (s *stream) again(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, remakeFor)
	defer cancel()
	var err error
	for pause := time.Until(s.made.Add(remakeEvery)); ; pause = remakeEvery {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return unavailable("subscribe", errors.Join(err, ctx.Err()))
		}
		if err = s.remake(ctx); err == nil {
			return nil
		}
	}
}

func (s *stream) remake(ctx context.Context) error {
	reconnects := s.js.Conn().Stats().Reconnects
	made, err := s.js.CreateConsumer(ctx, s.name, jetstream.ConsumerConfig{
		FilterSubject: s.filter, DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: inactive,
	})
	if err != nil {
		return err
	}
	c := &consumer{messages: make(chan jetstream.Msg), trouble: make(chan struct{}, 1), done: make(chan struct{})}
	consume, err := made.Consume(c.take, jetstream.ConsumeErrHandler(c.fail))
	if err != nil {
		return err
	}
	c.end = sync.OnceFunc(func() {
		close(c.done)
		consume.Stop()
	})
	s.consumer, s.seen, s.made = c, reconnects, time.Now()
	return nil
}

// take hands over a message. It waits until the message is taken, so that the server
// does not send more than that.
func (c *consumer) take(m jetstream.Msg) {
	select {
	case c.messages <- m:
	case <-c.done:
	}
}

// fail notes any failure: the consumer was deleted, or the server is silent.
func (c *consumer) fail(jetstream.ConsumeContext, error) {
	select {
	case c.trouble <- struct{}{}:
	default:
	}
}

func (s *stream) drop() {
	if s.consumer != nil {
		s.consumer.end()
		s.consumer = nil
	}
}

// Close ends the consumer. The connection stays open. It must not be called while a
// Receive runs.
func (s *stream) Close() error {
	s.drop()
	return nil
}
