package gcp_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

// line is a network with one server, which goes away and comes back. Its clients
// pause for an hour between two attempts to connect, as long as no call is made.
type line struct {
	address atomic.Value // of the server; "" means none
	down    error        // what a dialer says without one
	stop    func()
}

func (l *line) options() []option.ClientOption {
	return []option.ClientOption{
		option.WithGRPCDialOption(grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: backoff.Config{BaseDelay: time.Hour, Multiplier: 1, MaxDelay: time.Hour}, MinConnectTimeout: 10 * time.Second,
		})),
		dialing(func(ctx context.Context, _ string) (net.Conn, error) {
			if address, _ := l.address.Load().(string); address != "" {
				return (&net.Dialer{}).DialContext(ctx, "tcp", address)
			}
			return nil, l.down
		}),
	}
}

func (l *line) up(t *testing.T, f *fake) {
	t.Helper()
	address, server := serve(t, f)
	l.address.Store(address)
	l.stop = server.Stop
}

func (l *line) cut() {
	l.address.Store("")
	l.stop()
}

// After an outage the next calls reach the server at once, and not only after a pause
// that gRPC counts from the outage.
func TestServerIsBack(t *testing.T) {
	for name, down := range map[string]error{
		"refused":      &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")},
		"no such host": &net.DNSError{Err: "no such host", IsNotFound: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			f.set("db", []byte("x"))
			wire := &line{down: down}
			p := open(t, gcp.Options{Project: project, Endpoint: "localhost:1", ClientOptions: wire.options()})
			for range 3 { // the first outage begins before the first call
				unavailable(t, p)
				wire.up(t, f)
				backSoon(t, p)
				wire.cut()
				unavailable(t, p)
			}
		})
	}
}

// The same holds for a client that the program made, and through a store.
func TestServerIsBackForAGivenClient(t *testing.T) {
	f := newFake()
	f.set("db", []byte("x"))
	wire := &line{down: errors.New("down")}
	c, err := secretmanager.NewClient(t.Context(), append(wire.options(), option.WithEndpoint("localhost:1"), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())))...)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	store, err := secretmux.Open(t.Context(), "gcp-sm://my-project?ttl=0", gcp.Options{Client: c}.Backend())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	unavailable(t, store)
	wire.up(t, f)
	backSoon(t, store)
	wire.cut()
}

func unavailable(t *testing.T, p secretmux.Provider) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	s, err := p.Get(ctx, "db")
	wantClass(t, "Get while the server is down", s, err, errUnavailable)
}

// backSoon asks until there is an answer. It waits as long as a busy machine may
// need.
func backSoon(t *testing.T, p secretmux.Provider) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	start := time.Now()
	for {
		s, err := p.Get(ctx, "db")
		if err == nil && s.Reveal() == "x" {
			t.Logf("back after %v", time.Since(start))
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the server is back, and Get is %v", err)
		}
	}
}
