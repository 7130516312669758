package faultscript

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

// client is a provider of a small protocol: GET /name answers
// {"value","version","created"} or a status. Its fields make it a bad one.
type client struct {
	url       string
	transport http.RoundTripper
	follow    bool // follows redirects
	attempts  int  // calls a read, one if zero
	raw       bool // puts the body into errors
	forgives  bool // takes any answer for a value
	deaf      bool // ignores ctx
}

func (c *client) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if c.deaf {
		ctx = context.WithoutCancel(ctx)
	}
	secret, err := c.try(ctx, name)
	for n := 1; n < c.attempts && err != nil; n++ {
		secret, err = c.try(ctx, name)
	}
	return secret, err
}

func (c *client) try(ctx context.Context, name string) (secretmux.Secret, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/"+name, nil)
	if err != nil {
		return secretmux.Secret{}, fail(secretmux.ErrInvalid, "")
	}
	request.Header.Set("X-Test-Token", Credential)
	h := &http.Client{Transport: c.transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		if c.follow {
			return nil
		}
		return http.ErrUseLastResponse
	}}
	response, err := h.Do(request)
	if err != nil {
		return secretmux.Secret{}, &secretmux.Error{Op: "get", Class: secretmux.ErrUnavailable, Err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20+1))
	switch {
	case err != nil:
		return secretmux.Secret{}, fail(secretmux.ErrUnavailable, "")
	case c.forgives:
		return secretmux.NewSecret(body, secretmux.Meta{}), nil
	}
	return c.read(response.StatusCode, body)
}

func (c *client) read(status int, body []byte) (secretmux.Secret, error) {
	said := ""
	if c.raw {
		said = string(body)
	}
	var answer struct {
		Value   *string
		Version string
		Created time.Time
	}
	switch {
	case status != http.StatusOK:
		return secretmux.Secret{}, fail(classOf(status), said)
	case len(body) > 1<<20:
		return secretmux.Secret{}, fail(secretmux.ErrTooLarge, said)
	case json.Unmarshal(body, &answer) != nil || answer.Value == nil:
		return secretmux.Secret{}, fail(secretmux.ErrCorrupt, said)
	}
	return secretmux.NewSecret([]byte(*answer.Value), secretmux.Meta{Version: answer.Version, Created: answer.Created}), nil
}

func fail(class error, said string) error {
	return &secretmux.Error{Op: "get", Class: class, Err: errors.New("the test server: " + said)}
}

func classOf(status int) error {
	switch status {
	case http.StatusNotFound:
		return secretmux.ErrNotFound
	case http.StatusGone:
		return secretmux.ErrDisabled
	case http.StatusUnauthorized:
		return secretmux.ErrUnauthenticated
	case http.StatusForbidden:
		return secretmux.ErrDenied
	case http.StatusTooManyRequests:
		return secretmux.ErrThrottled
	}
	return secretmux.ErrUnavailable
}

// subject opens c over a backend that plays f.
func subject(t *testing.T, f Fault, c *client) *Subject {
	t.Helper()
	switch f {
	case RefusedConnection:
		c.url = "http://" + Refused(t)
		return &Subject{Provider: c, Calls: func() int { return 0 }}
	case NXDomain:
		none := &NoHost{}
		c.url, c.transport = "http://backend.invalid", none
		return &Subject{Provider: c, Calls: none.Calls}
	case WrongChecksum:
		return &Subject{NotApplicable: "the test protocol has no checksum"}
	}
	handler, ok := HTTP(t, f)
	if !ok {
		handler = own(f)
	}
	counted, calls := Count(handler)
	server := httptest.NewServer(counted)
	t.Cleanup(server.Close)
	c.url = server.URL
	return &Subject{Provider: c, Calls: calls}
}

// own plays the faults of the test protocol.
func own(f Fault) http.Handler {
	status := map[Fault]int{
		Absent: http.StatusNotFound, Deleted: http.StatusGone, Disabled: http.StatusGone,
		Denied: http.StatusForbidden, Unauthenticated: http.StatusUnauthorized,
	}[f]
	if status != 0 {
		return respond(status, "text/plain", Canary)
	}
	version := "2"
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.Copy(w, strings.NewReader(`{"value":"`+Canary+`","version":"`+version+`"}`))
		version = "1"
	})
}
