package session

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secretmux/secretmux"
)

// Service describes a service for a Session. T has the calls of the service: it is a
// struct with a function for each method of the SDK's client that is called. T must
// not mention the client itself. Otherwise a program could reach the client's type by
// reflection, and the linker would keep the code of all operations of the service if
// protobuf or text/template is linked: for Parameter Store that is 3 MB.
type Service[T any] struct {
	// Make makes the client. It gives both arguments to the SDK's NewFromConfig.
	// endpoint is nil if the SDK chooses it. called is the endpoint of the client, or
	// nil for AWS's own.
	Make func(cfg aws.Config, endpoint *string) (calls *T, called *string)
	// Codes gives the class and the hint of a failure that has a code. It returns the
	// class and the hint of the failure if the code does not belong to the service.
	Codes func(*CallError) (class error, hint string)
}

// Session holds the client of one service. It is safe for concurrent use.
type Session[T any] struct {
	config  func() Config // hidden, like opened
	service Service[T]
	gate    chan struct{} // held while the client is made
	state   atomic.Pointer[opened[T]]
	closed  atomic.Bool
}

type state[T any] struct {
	calls    *T
	region   string
	identity *identity
	http     *client
}

// opened hides a state from dumps by reflection, which can't look into a function.
// The SDK's client and its connections hold credentials, and values that were read.
type opened[T any] func() *state[T]

// New returns a Session of service. It does no I/O.
func New[T any](config Config, service Service[T]) *Session[T] {
	return &Session[T]{config: func() Config { return config }, service: service, gate: make(chan struct{}, 1)}
}

// Config returns the Config that New was given.
func (s *Session[T]) Config() Config { return s.config() }

// Region returns the region that is called. It may come from the SDK's configuration.
func (s *Session[T]) Region(ctx context.Context) (string, error) {
	st, err := s.get(ctx)
	if err != nil {
		return "", err
	}
	return st.region, nil
}

// Forget drops the kept credentials, so that the next call asks for new ones. Call it
// after the service has refused them.
func (s *Session[T]) Forget() {
	if st := s.state.Load(); st != nil {
		(*st)().identity.forget()
	}
}

// Close releases the connections that the Session opened. It is idempotent.
func (s *Session[T]) Close() error {
	s.closed.Store(true)
	if st := s.state.Load(); st != nil {
		(*st)().http.close()
	}
	return nil
}

// get returns the state, which it makes once. If that fails, for example because the
// profile is missing, the next call tries again. After Close the error is ErrClosed.
func (s *Session[T]) get(ctx context.Context) (*state[T], error) {
	if s.closed.Load() {
		return nil, &secretmux.Error{Class: secretmux.ErrClosed, Err: errors.New("the provider was closed"), Hint: "close the provider last"}
	}
	if st := s.state.Load(); st != nil {
		return (*st)(), nil
	}
	select {
	case s.gate <- struct{}{}:
		defer func() { <-s.gate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if st := s.state.Load(); st != nil {
		return (*st)(), nil
	}
	st, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	hidden := opened[T](func() *state[T] { return st })
	s.state.Store(&hidden)
	return st, nil
}
