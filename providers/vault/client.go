package vault

import (
	"context"
	"net/http"
	"sync"

	"github.com/hashicorp/vault/api"
)

// client makes the official client once, at the first call. Making it reads
// files, so a failure is tried again at the next call.
type client struct {
	opts Options

	mu   sync.Mutex
	made *connection
}

// connection is the official client, for either namespace.
type connection struct {
	data, auth *api.Client
	idle       func() // closes idle connections
}

func (c *client) connect() (*connection, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made != nil {
		return c.made, nil
	}
	made, err := connect(c.opts)
	if err != nil {
		return nil, err
	}
	c.made = made
	return made, nil
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

func connect(o Options) (*connection, error) {
	transport, idle := &wire{base: o.Transport}, func() {}
	if o.Transport == nil {
		own, err := newTransport(o)
		if err != nil {
			return nil, err
		}
		once := own.Clone()
		once.DisableKeepAlives = true
		transport, idle = &wire{own, once}, own.CloseIdleConnections
	}
	c, err := api.NewClient(&api.Config{
		Address: o.Address,
		HttpClient: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		// The store retries, and each call has a deadline in its context.
		MaxRetries:       0,
		CheckRetry:       func(context.Context, *http.Response, error) (bool, error) { return false, nil },
		DisableRedirects: true,
	})
	if err != nil {
		// The cause may quote a variable.
		return nil, errEnvironment
	}
	// NewClient has taken VAULT_TOKEN, VAULT_NAMESPACE, VAULT_HEADERS and later
	// VAULT_WRAP_TTL from the environment, whatever its config says.
	c.ClearToken()
	c.SetHeaders(http.Header{api.RequestHeaderName: {"true"}})
	c.SetWrappingLookupFunc(func(string, string) string { return "" })
	return &connection{data: c.WithNamespace(*o.Namespace), auth: c.WithNamespace(*o.Auth.Namespace), idle: idle}, nil
}
