package gcp

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
)

const (
	// maxSilent is how many calls in a row may time out on a connection that used
	// to answer. One may be a slow secret.
	maxSilent = 2
	// loginPause is how long a failed login is remembered. Calls in that time fail
	// with its error, so that not every call makes a login during an outage of the
	// token server. The pause is short, because a recovery shows only after it.
	loginPause = time.Second
	// reconnectWait is how long a call waits for a connection that failed before. A
	// handshake takes less, unless the server is still down.
	reconnectWait = 100 * time.Millisecond
)

// connector makes the one client of a provider at the first call. It makes a new one
// if the old one no longer works: a connection can die silently, and credentials can
// be replaced on disk.
type connector struct {
	// dial makes a client; it searches for credentials no longer than search.
	dial func(ctx context.Context, search time.Duration) (*secretmanager.Client, error)
	ask  probe
	life context.Context // ends with close
	end  context.CancelFunc

	mu      sync.Mutex
	current *client
	making  *making
	closed  bool
}

// client is one client, with the calls that use it. After it was retired, the last of
// these calls closes it.
type client struct {
	// sdk returns the SDK's client, which holds the token. It is a function so
	// that a dump by reflection does not find the token.
	sdk      func() *secretmanager.Client
	made     time.Time
	borrowed bool // from Options.Client
	users    int
	retired  bool
	answered bool // it has answered at least once, so it accepted a token
	silent   int  // calls since then that got no answer
	// failed says that the last call ended without an answer.
	failed atomic.Bool
}

// making is a client that is being made, for all callers that wait for it.
type making struct {
	done chan struct{}
	err  error
}

func newConnector(opts Options) *connector {
	k := &connector{ask: onGoogleCloud}
	k.life, k.end = context.WithCancel(context.Background())
	k.dial = dialer(opts, func(ctx context.Context) bool { return k.ask(ctx) })
	if given := opts.Client; given != nil {
		k.current = &client{sdk: func() *secretmanager.Client { return given }, borrowed: true}
		k.current.failed.Store(true) // as far as this process knows
	}
	return k
}

// call calls f with the client. what describes the call. Its errors are safe to show:
// they come from native, from this package, or from ctx.
func (k *connector) call(ctx context.Context, what request, f func(context.Context, *secretmanager.Client) error) error {
	c, err := k.acquire(ctx)
	if err != nil {
		return err
	}
	within, cancel := context.WithCancel(withoutHooks(ctx))
	stop := context.AfterFunc(k.life, cancel) //nolint:contextcheck // Close ends calls too
	// A caller's function may panic: List runs one.
	outcome := error(nil)
	defer func() {
		stop()
		cancel()
		k.release(c, outcome)
	}()
	c.reconnect(within)
	if outcome = native(f(within, c.sdk()), what); outcome == nil {
		return nil
	}
	switch ended := endOf(ctx, outcome); {
	case ended != nil && outage(outcome):
		return ended
	case ended == nil && k.life.Err() != nil && unanswered(outcome):
		return errClosed
	}
	return outcome
}

// endOf returns ctx.Err(). The server knows the deadline, and may act on it a
// moment before ctx ends here. Then endOf waits for that moment, so that the
// caller's own deadline does not look like an outage.
func endOf(ctx context.Context, err error) error {
	deadline, ok := ctx.Deadline()
	if ok && codeOf(err) == codes.DeadlineExceeded && time.Until(deadline) < 100*time.Millisecond {
		<-ctx.Done()
	}
	return ctx.Err()
}

// reconnect makes a connection that failed try again now. gRPC itself waits longer
// after each failure, and a server that works again would still look down.
func (c *client) reconnect(ctx context.Context) {
	conn := c.sdk().Connection() //nolint:staticcheck // deprecated for pools: there it is any of them, and each has the same server
	if !c.failed.Load() || conn == nil || conn.GetState() != connectivity.TransientFailure {
		return
	}
	conn.ResetConnectBackoff()
	within, cancel := context.WithTimeout(ctx, reconnectWait)
	defer cancel()
	conn.WaitForStateChange(within, connectivity.TransientFailure)
}

// acquire waits for the client until ctx ends. The client is made even if ctx
// ends first.
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
			go k.make(m, shareOf(ctx, probeTime))
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

func (k *connector) make(m *making, search time.Duration) {
	made, err := k.dial(k.life, search)
	k.mu.Lock()
	k.making, m.err = nil, err
	unwanted := err == nil && k.closed
	if err == nil && !k.closed {
		k.current = &client{sdk: func() *secretmanager.Client { return made }, made: time.Now()}
	}
	k.mu.Unlock()
	if unwanted {
		_ = made.Close()
	}
	close(m.done)
}

// release notes the outcome of a call, and retires a client that no longer works. A
// client whose credentials are refused is retired too, because their file may have
// other credentials by now. If the credentials never worked, a new client would log
// in again at once, so there is a pause first.
func (k *connector) release(c *client, outcome error) {
	refused := codeOf(outcome) == codes.Unauthenticated
	c.failed.Store(unanswered(outcome))
	k.mu.Lock()
	c.users--
	switch {
	case timedOut(outcome):
		c.silent++
	case !unanswered(outcome):
		c.answered, c.silent = c.answered || !refused, 0
	}
	useless := c.answered && c.silent >= maxSilent || refused && (c.answered || time.Since(c.made) >= loginPause)
	if useless && !c.borrowed && !c.retired {
		c.retired = true
		if k.current == c {
			k.current = nil
		}
	}
	last := c.retired && c.users == 0
	k.mu.Unlock()
	if last {
		_ = c.sdk().Close()
	}
}

// close ends the running calls; the last of them closes the client. It does not
// wait for them, because a caller may call Close inside a List loop.
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
		_ = c.sdk().Close()
	}
}
