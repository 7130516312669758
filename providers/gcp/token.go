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

// noToken is the message of errors that gRPC passes on from here.
const noToken = "no access token"

// tokens gets one token at a time for all calls, in the background: the SDK's own
// cache makes callers wait for one another without a look at their contexts. An
// outage of whoever gives tokens comes as codes.Unavailable, which gRPC would
// otherwise report as wrong credentials.
type tokens struct {
	inner auth.TokenProvider
	life  context.Context

	mu     sync.Mutex
	last   *auth.Token
	flight *flight
}

type flight struct {
	done  chan struct{}
	token *auth.Token
	err   error
}

func (t *tokens) Token(ctx context.Context) (*auth.Token, error) {
	f := t.join() //nolint:contextcheck // a token is for all callers, so none of them may cancel it
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	}
}

func (t *tokens) join() *flight {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last.IsValid() {
		f := &flight{done: make(chan struct{}), token: t.last}
		close(f.done)
		return f
	}
	if t.flight == nil {
		t.flight = &flight{done: make(chan struct{})}
		go t.fly(t.flight)
	}
	return t.flight
}

func (t *tokens) fly(f *flight) {
	ctx, cancel := context.WithTimeout(t.life, 10*time.Second)
	defer cancel()
	token, err := t.inner.Token(ctx)
	t.mu.Lock()
	if err == nil && token != nil {
		t.last, f.token = token, token
	} else {
		f.err = status.Error(tokenCode(err), noToken)
	}
	t.flight = nil
	t.mu.Unlock()
	close(f.done)
}

// tokenCode tells credentials that are refused from a giver of tokens that can't
// be reached. Neither's text goes further: it can quote an answer.
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

// federationStatus is the HTTP status of a token exchange or an impersonation,
// which the SDK gives no type: it comes before the body in the text.
func federationStatus(err error) int {
	var n int
	if _, after, ok := strings.Cut(err.Error(), ": status code "); ok {
		_, _ = fmt.Sscanf(after, "%3d", &n)
	}
	return n
}
