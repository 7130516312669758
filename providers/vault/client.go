package vault

import (
	"net/http"
	"strings"
	"sync"
)

// client sends requests to one server. It builds its transport at the first call,
// because that reads files. If that fails, the next call tries again: a sidecar may
// write the certificate a moment after this process has started.
//
// The official client is not used. It can't be made without reading a dozen VAULT_
// variables of the environment, and it fails if one of them is malformed. A
// provider would need little of it: the link retries, redirects are refused, and
// tokens and leases have their own rules here. What is left is the one call in
// send. docs/adr/0008 has the measurements.
type client struct {
	scheme, host             string
	namespace, authNamespace string
	// open is a field, so that the client does not have to keep the Options. The Options would
	// hold a Transport in a place where a printer finds it.
	open func() (way, error)

	mu   sync.Mutex
	made *way
}

// way sends requests to the server. It consists of functions because reflection can't look into
// a function. The buffers of a connection hold tokens and secrets long after they were sent. A
// printer that follows pointers would show them, such as the diff of a test library.
type way struct {
	// once is for requests that must not be repeated; keep is for all others.
	keep, once func(*http.Request) (*http.Response, error)
	idle       func() // closes idle connections
}

// newClient cuts the address instead of parsing it: check accepted only a scheme, a
// host and a port.
func newClient(o Options) *client {
	scheme, host, _ := strings.Cut(o.Address, "://")
	return &client{
		scheme: scheme, host: host, namespace: *o.Namespace, authNamespace: *o.Auth.Namespace,
		open: func() (way, error) { return open(o) },
	}
}

// connect returns the way, and makes it first if there is none. It holds mu while it reads the
// TLS files. All callers need the result. If two read at the same time, they would open two
// pools of connections, and one would be lost.
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

// close closes idle connections. A later call would make new ones, but the provider refuses
// calls after Close. The connections of a Transport from outside are left alone, because other
// parts of the program may use them.
func (c *client) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made != nil {
		c.made.idle()
	}
}

// open makes the two ways. A Transport of the user serves both, as only its owner
// can say how it treats kept connections.
func open(o Options) (way, error) {
	if o.Transport != nil {
		return way{keep: o.Transport.RoundTrip, once: o.Transport.RoundTrip, idle: func() {}}, nil
	}
	own, err := newTransport(o)
	if err != nil {
		return way{}, err
	}
	// once is a clone, so that TLS and proxies can't differ between the two. Without keep-alives
	// each request has a new connection, and net/http does not repeat a request on a new
	// connection.
	once := own.Clone()
	once.DisableKeepAlives = true
	return way{keep: own.RoundTrip, once: once.RoundTrip, idle: own.CloseIdleConnections}, nil
}
