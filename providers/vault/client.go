package vault

import (
	"net/http"
	"strings"
	"sync"
)

// client sends requests to one server. It makes the way there at the first call,
// as that reads files; a failure is tried again at the next call.
//
// The official client is not used: it can't be made without reading a dozen
// VAULT_ variables of the environment, and fails while one of them is malformed.
// Of all that it does, a provider would want only the one call in send: retries are
// the link's, redirects are refused, and tokens and leases have rules of their own
// here.
type client struct {
	scheme, host             string
	namespace, authNamespace string
	open                     func() (way, error)

	mu   sync.Mutex
	made *way
}

// way is how requests reach the server. It consists of functions because nothing
// can look into those: the buffers of a connection hold tokens and secrets long
// after they were sent, and whatever prints a provider by reflection would follow
// the pointers to them.
type way struct {
	keep, once func(*http.Request) (*http.Response, error)
	idle       func() // closes idle connections
}

func newClient(o Options) *client {
	scheme, host, _ := strings.Cut(o.Address, "://")
	return &client{
		scheme: scheme, host: host, namespace: *o.Namespace, authNamespace: *o.Auth.Namespace,
		open: func() (way, error) { return open(o) },
	}
}

func (c *client) connect() (*way, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made != nil {
		return c.made, nil
	}
	made, err := c.open()
	if err != nil {
		return nil, err
	}
	c.made = &made
	return c.made, nil
}

// close lets go of idle connections. A later call would make new ones, which the
// provider prevents.
func (c *client) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made != nil {
		c.made.idle()
	}
}

func open(o Options) (way, error) {
	if o.Transport != nil {
		return way{keep: o.Transport.RoundTrip, once: o.Transport.RoundTrip, idle: func() {}}, nil
	}
	own, err := newTransport(o)
	if err != nil {
		return way{}, err
	}
	once := own.Clone()
	once.DisableKeepAlives = true
	return way{keep: own.RoundTrip, once: once.RoundTrip, idle: own.CloseIdleConnections}, nil
}
