package gcp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/compute/metadata"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// noToken is the message of the errors that gRPC gets from this file.
const noToken = "no access token"

// tokens gets one token at a time for all calls, in the background. In the SDK's
// own cache, callers wait for one another and ignore their contexts. An outage of
// the token server is reported as codes.Unavailable; gRPC would report it as
// wrong credentials.
type tokens struct {
	inner auth.TokenProvider
	life  context.Context

	mu     sync.Mutex
	last   func() *auth.Token // nil until there is one; a function, so that a dump by reflection does not find it
	flight *flight            // the running one, or the last one if it failed
	until  time.Time          // a failed flight is remembered until then
}

type flight struct {
	done  chan struct{}
	token func() *auth.Token
	err   error
}

// Token waits for a token for most of the time that ctx has. The rest is for the
// error that says that no token came.
func (t *tokens) Token(ctx context.Context) (*auth.Token, error) {
	f := t.join() //nolint:contextcheck // a token is for all callers, so none of them may cancel it
	within, cancel := context.WithTimeout(ctx, shareOf(ctx, callTimeout))
	defer cancel()
	select {
	case <-f.done:
		if f.err != nil {
			return nil, f.err
		}
		return f.token(), nil
	case <-within.Done():
	}
	if err := ctx.Err(); err != nil {
		return nil, status.FromContextError(err).Err()
	}
	return nil, status.Error(codes.Unavailable, noToken)
}

func (t *tokens) join() *flight {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last != nil && t.last().IsValid() {
		f := &flight{done: make(chan struct{}), token: t.last}
		close(f.done)
		return f
	}
	if t.flight == nil || !t.until.IsZero() && !time.Now().Before(t.until) {
		t.flight, t.until = &flight{done: make(chan struct{})}, time.Time{}
		go t.fly(t.flight)
	}
	return t.flight
}

func (t *tokens) fly(f *flight) {
	ctx, cancel := context.WithTimeout(t.life, callTimeout)
	defer cancel()
	token, err := t.inner.Token(ctx)
	t.mu.Lock()
	if err == nil && token != nil {
		f.token = func() *auth.Token { return token }
		t.last, t.flight = f.token, nil
	} else {
		f.err = status.Error(tokenCode(err), noToken)
		t.until = time.Now().Add(loginPause)
	}
	t.mu.Unlock()
	close(f.done)
}

// tokenCode returns the code for refused credentials, or for a token server that
// can't be reached. The text of the error is dropped, because it can quote an answer.
func tokenCode(err error) codes.Code {
	var (
		refused  *auth.Error
		metaErr  *metadata.Error
		network  net.Error
		answered int
	)
	switch {
	case errors.As(err, &refused) && refused.Response != nil:
		answered = refused.Response.StatusCode
	case errors.As(err, &metaErr):
		answered = metaErr.Code
	case errors.As(err, &network), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return codes.Unavailable
	case err != nil:
		answered = federationStatus(err)
	}
	if answered >= http.StatusInternalServerError || answered == http.StatusTooManyRequests || answered == http.StatusRequestTimeout {
		return codes.Unavailable
	}
	return codes.Unauthenticated
}

// federationStatus finds the HTTP status of a token exchange or an impersonation.
// The SDK has no type for it: the status comes before the body in the text.
func federationStatus(err error) int {
	var n int
	if _, after, ok := strings.Cut(err.Error(), ": status code "); ok {
		_, _ = fmt.Sscanf(after, "%3d", &n)
	}
	return n
}
