package gcp

import (
	"context"
	"errors"
	"sync"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"google.golang.org/grpc/codes"
)

var errClosed = errors.New("the provider was closed")

// connector makes the one client of a provider at the first call, and a new one
// when the old one is of no more use: a connection can die without a word, and
// credentials can be replaced on disk.
type connector struct {
	dial func(ctx context.Context) (*secretmanager.Client, error)
	life context.Context // ends with close
	end  context.CancelFunc

	mu      sync.Mutex
	current *client
	making  *making
	closed  bool
}

// client is one client with the calls that use it. It is closed by the last of
// them after it was retired.
type client struct {
	*secretmanager.Client
	borrowed bool // from Options.Client
	users    int
	retired  bool
	answered bool // at least once
	silent   int  // calls since then that ended without any answer
}

// making is a client under way, for all callers that wait for it.
type making struct {
	done chan struct{}
	err  error
}

// maxSilent is how many calls in a row may time out on a connection that used to
// answer. One may be a slow secret.
const maxSilent = 2

func newConnector(opts Options) *connector {
	k := &connector{}
	k.life, k.end = context.WithCancel(context.Background())
	k.dial = func(ctx context.Context) (*secretmanager.Client, error) { return dial(ctx, opts, onGoogleCloud) }
	if opts.Client != nil {
		k.current = &client{Client: opts.Client, borrowed: true}
	}
	return k
}

// call calls f, which is about what, with the client. Errors of the SDK come back
// without their texts.
func (k *connector) call(ctx context.Context, what request, f func(context.Context, *secretmanager.Client) error) error {
	c, err := k.acquire(ctx)
	if err != nil {
		return err
	}
	within, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(k.life, cancel) //nolint:contextcheck // Close ends calls too
	// A caller's function may panic: List runs one.
	outcome := error(nil)
	defer func() {
		stop()
		cancel()
		k.release(c, outcome)
	}()
	outcome = native(f(within, c.Client), what)
	if k.life.Err() != nil && ctx.Err() == nil && unanswered(outcome) {
		return errClosed
	}
	return outcome
}

// acquire waits for the client within ctx; making it goes on without.
func (k *connector) acquire(ctx context.Context) (*client, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		k.mu.Lock()
		if k.closed {
			k.mu.Unlock()
			return nil, errClosed
		}
		if c := k.current; c != nil {
			c.users++
			k.mu.Unlock()
			return c, nil
		}
		m := k.making
		if m == nil {
			m = &making{done: make(chan struct{})}
			k.making = m
			go k.make(m)
		}
		k.mu.Unlock()
		select {
		case <-m.done:
			if m.err != nil && k.life.Err() == nil {
				return nil, m.err
			}
		case <-ctx.Done():
		}
	}
}

func (k *connector) make(m *making) {
	made, err := k.dial(k.life)
	k.mu.Lock()
	k.making, m.err = nil, err
	unwanted := err == nil && k.closed
	if err == nil && !k.closed {
		k.current = &client{Client: made}
	}
	k.mu.Unlock()
	if unwanted {
		_ = made.Close()
	}
	close(m.done)
}

func (k *connector) release(c *client, outcome error) {
	k.mu.Lock()
	c.users--
	switch {
	case timedOut(outcome):
		c.silent++
	case !unanswered(outcome):
		c.answered, c.silent = true, 0
	}
	useless := c.answered && c.silent >= maxSilent || codeOf(outcome) == codes.Unauthenticated
	if useless && !c.borrowed && !c.retired {
		c.retired = true
		if k.current == c {
			k.current = nil
		}
	}
	last := c.retired && c.users == 0
	k.mu.Unlock()
	if last {
		_ = c.Close()
	}
}

// close ends the calls under way; the last of them closes the client. It does not
// wait for them, as a caller may close from within List.
func (k *connector) close() {
	k.mu.Lock()
	c := k.current
	k.closed, k.current = true, nil
	last := false
	if c != nil && !c.borrowed {
		c.retired, last = true, c.users == 0
	}
	k.mu.Unlock()
	k.end()
	if last {
		_ = c.Close()
	}
}
