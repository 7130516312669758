package vault

import (
	"net/http"
	"strings"
	"sync"
)

// client sends requests to one server. It builds its transport at the first call,
// because that reads files. If that fails, the next call tries again.
//
// The official client is not used. It can't be made without reading a dozen
// VAULT_ variables of the environment, and it fails if one of them is malformed.
// A provider would need little of it: the link retries, redirects are refused,
// and tokens and leases have their own rules here. What is left is the one call
// in send.
type client struct {
	scheme, host             string
	namespace, authNamespace string
	open                     func() (way, error)

	mu   sync.Mutex
	made *way
}

// way sends requests to the server. It consists of functions because reflection
// can't look into a function. The buffers of a connection hold tokens and secrets
// long after they were sent, and a printer that follows pointers would show them.
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

// close closes idle connections. A later call would make new ones, which the
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
