package session

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secretmux/secretmux"
)

// MakeFunc makes the SDK's client of one service. endpoint is nil where the SDK
// chooses it; the function hands both to the SDK's NewFromConfig. called is the
// endpoint that the client has, nil where it is AWS's own.
type MakeFunc[T any] func(cfg aws.Config, endpoint *string) (client *T, called *string)

// Session holds the client of one service, of the SDK's type T. It is safe for
// concurrent use.
type Session[T any] struct {
	opts   Options
	scheme string
	make   MakeFunc[T]
	gate   chan struct{} // held while the client is made
	state  atomic.Pointer[state[T]]
	closed atomic.Bool
}

type state[T any] struct {
	client   *T
	region   string
	identity *identity
	http     *client
}

// New returns a Session of the service that scheme stands for. It does no I/O.
// Options that contradict themselves are ErrInvalid.
func New[T any](scheme string, opts Options, f MakeFunc[T]) (*Session[T], error) {
	opts, err := opts.checked()
	if err != nil {
		return nil, err
	}
	return &Session[T]{opts: opts, scheme: scheme, make: f, gate: make(chan struct{}, 1)}, nil
}

// Client returns the client, which it makes once. When that fails, as for a
// missing profile, the next call tries again. After Close it is ErrClosed.
func (s *Session[T]) Client(ctx context.Context) (*T, error) {
	st, err := s.get(ctx)
	if err != nil {
		return nil, err
	}
	return st.client, nil
}

// Region returns the region that is called, which may be known from the SDK's
// configuration alone.
func (s *Session[T]) Region(ctx context.Context) (string, error) {
	st, err := s.get(ctx)
	if err != nil {
		return "", err
	}
	return st.region, nil
}

// Prefix returns what stands in front of names, empty or with a final "/".
func (s *Session[T]) Prefix() string { return s.opts.Prefix }

// Source returns the provider's URI.
func (s *Session[T]) Source() string { return s.opts.source(s.scheme) }

// Forget drops the credentials that are kept, so that the next call asks for new
// ones. It is for after the service refused them.
func (s *Session[T]) Forget() {
	if st := s.state.Load(); st != nil {
		st.identity.forget()
	}
}

// Close releases the connections that the Session opened. It is idempotent.
func (s *Session[T]) Close() error {
	s.closed.Store(true)
	if st := s.state.Load(); st != nil {
		st.http.close()
	}
	return nil
}

func (s *Session[T]) get(ctx context.Context) (*state[T], error) {
	if s.closed.Load() {
		return nil, &secretmux.Error{Class: secretmux.ErrClosed, Err: errors.New("the provider was closed"), Hint: "close it last"}
	}
	if st := s.state.Load(); st != nil {
		return st, nil
	}
	select {
	case s.gate <- struct{}{}:
		defer func() { <-s.gate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if st := s.state.Load(); st != nil {
		return st, nil
	}
	st, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	s.state.Store(st)
	return st, nil
}
