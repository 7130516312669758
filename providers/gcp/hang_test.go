package gcp_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// The classes that the tests of this package look for.
var (
	errThrottled       = secretmux.ErrThrottled
	errCorrupt         = secretmux.ErrCorrupt
	errUnavailable     = secretmux.ErrUnavailable
	errUnauthenticated = secretmux.ErrUnauthenticated
	errInvalid         = secretmux.ErrInvalid
)

// A server accepts the connection and never answers. The store's Get has no deadline.
func TestSilentServer(t *testing.T) {
	address, connections := faultscript.Silent(t)
	store, err := secretmux.Open(context.Background(), "gcp-sm://my-project?timeout=300ms&endpoint="+address, gcp.Backend())
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	s, err := store.Get(context.Background(), "db")
	wantClass(t, "Get", s, err, errUnavailable)
	if elapsed := time.Since(start); elapsed < 250*time.Millisecond || elapsed > 5*time.Second {
		t.Errorf("Get took %v, want the link's timeout of 300ms", elapsed)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		t.Error("the link's timeout passes for the caller's own deadline")
	}
	if connections() == 0 {
		t.Error("nothing connected, so the silence was not met")
	}
	if err := store.Check(context.Background()); secretmux.ClassOf(err) != errUnavailable {
		t.Errorf("Check = %v, want %v", err, errUnavailable)
	}
	if err := store.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// silentTokens never gives a token, even after its ctx has ended.
type silentTokens struct{ end chan struct{} }

func (s silentTokens) Token(context.Context) (*auth.Token, error) {
	<-s.end
	return nil, errors.New("late")
}

// If no token arrives, the error says so in time, to the call that asks for it and to
// the calls that wait for it. The link's timeout would only say that there is no
// answer.
func TestSilentTokenEndpoint(t *testing.T) {
	silent := silentTokens{make(chan struct{})}
	f := newFake()
	f.set("db", []byte("x"))
	opts := secure(t, grpcHandler(f), "")
	opts.Credentials = auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: silent})
	store, err := secretmux.Open(t.Context(), "gcp-sm://my-project?timeout=400ms", opts.Backend())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		close(silent.end)
		_ = store.Close()
	})
	for _, name := range []string{"db", "other"} {
		s, err := store.Get(context.Background(), name)
		wantClass(t, "Get", s, err, errUnavailable)
		if !strings.Contains(err.Error(), "no access token arrived") {
			t.Errorf("the error does not name the token: %v", err)
		}
	}
	if n := f.calls.Load(); n != 0 {
		t.Errorf("%d calls without a token", n)
	}
}

// The server knows the caller's deadline and may see it first. That is still the
// caller's deadline. A deadline that the server made up is not.
func TestServerSeesTheDeadline(t *testing.T) {
	f, p := start(t, gcp.Options{})
	f.set("db", []byte("x"))
	var early atomic.Int64
	early.Store(int64(50 * time.Millisecond))
	f.answerWith("db", func(ctx context.Context, _ []byte) (*secretmanagerpb.AccessSecretVersionResponse, error) {
		deadline, _ := ctx.Deadline()
		<-time.After(time.Until(deadline) - time.Duration(early.Load()))
		return nil, status.Error(codes.DeadlineExceeded, "Deadline exceeded.")
	})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	s, err := p.Get(ctx, "db")
	wantClass(t, "Get", s, err, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is not that of the deadline: %v", err)
	}
	early.Store(int64(time.Hour))
	s, err = p.Get(t.Context(), "db")
	wantClass(t, "Get with time left", s, err, errUnavailable)
	if errors.Is(err, context.DeadlineExceeded) {
		t.Error("the server's deadline passes for the caller's own")
	}
}
