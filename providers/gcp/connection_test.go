package gcp_test

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

// The first call makes the client; each caller that waits for it obeys its own
// context.
func TestMakingAClientIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := gcp.New(gcp.Options{Project: project})
		if err != nil {
			t.Fatal(err)
		}
		p.BlockDial()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := p.Get(ctx, "db"); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("Get = %v after %v, want the deadline after 1s", err, time.Since(start))
		}
		done := make(chan error, 1)
		go func() {
			_, err := p.Get(t.Context(), "db")
			done <- err
		}()
		synctest.Wait()
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := <-done; secretmux.ClassOf(err) != secretmux.ErrClosed {
			t.Errorf("Get during Close = %v, want %v", err, secretmux.ErrClosed)
		}
	})
}

// The search for a metadata server ends even if packets to it are lost.
func TestProbeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := gcp.New(gcp.Options{Project: project})
		if err != nil {
			t.Fatal(err)
		}
		p.SetProbe(func(ctx context.Context) bool { <-ctx.Done(); return false })
		start := time.Now()
		s, err := p.Get(t.Context(), "db")
		wantClass(t, "Get", s, err, errUnauthenticated)
		if elapsed := time.Since(start); elapsed != gcp.ProbeTime {
			t.Errorf("Get took %v, want %v", elapsed, gcp.ProbeTime)
		}
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

// A connection that worked and then died silently is replaced.
func TestDeadConnectionIsReplaced(t *testing.T) {
	f := newFake()
	f.set("db", []byte("x"))
	address, _ := serve(t, f)
	wire := relay(t, address)
	p := open(t, gcp.Options{Project: project, Endpoint: wire.address})
	wantValue(t, p, "db", "x")
	wire.cut()
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := p.Get(ctx, "db"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Get over a dead connection = %v, want the deadline", err)
		}
		cancel()
	}
	wantValue(t, p, "db", "x")
}

// relayed passes connections on to a server, until they are cut. Then they stay open
// and carry nothing. New connections work.
type relayed struct {
	address string
	mu      sync.Mutex
	dead    chan struct{}
}

func (r *relayed) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.dead)
	r.dead = make(chan struct{})
}

func relay(t *testing.T, to string) *relayed {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relayed{address: l.Addr().String(), dead: make(chan struct{})}
	var open []net.Conn
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			r.mu.Lock()
			open = append(open, in, out)
			dead := r.dead
			r.mu.Unlock()
			wg.Go(func() { pass(out, in, dead) })
			wg.Go(func() { pass(in, out, dead) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		r.mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		r.mu.Unlock()
		wg.Wait()
	})
	return r
}

func pass(to io.Writer, from io.Reader, dead chan struct{}) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		select {
		case <-dead: // drops everything that arrives
		default:
			_, _ = to.Write(buf[:n])
		}
	}
}

func TestClose(t *testing.T) {
	f, p := start(t, gcp.Options{})
	f.set("db", []byte("x"))
	wantValue(t, p, "db", "x")
	arrived := make(chan struct{})
	f.answerWith("db", func(ctx context.Context, _ []byte) (*secretmanagerpb.AccessSecretVersionResponse, error) {
		close(arrived)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	done := make(chan error, 1)
	go func() {
		_, err := p.Get(t.Context(), "db")
		done <- err
	}()
	<-arrived
	closed := time.Now()
	for range 2 {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if err := <-done; secretmux.ClassOf(err) != secretmux.ErrClosed {
		t.Errorf("Get during Close = %v, want %v", err, secretmux.ErrClosed)
	}
	if elapsed := time.Since(closed); elapsed > 5*time.Second {
		t.Errorf("a call went on for %v after Close", elapsed)
	}
	s, err := p.Get(t.Context(), "db")
	wantClass(t, "Get after Close", s, err, secretmux.ErrClosed)
	if err := p.Check(t.Context()); secretmux.ClassOf(err) != secretmux.ErrClosed {
		t.Errorf("Check after Close = %v", err)
	}
}

// A caller may close the provider inside a List loop, and a panic there loses
// nothing.
func TestCloseWithinList(t *testing.T) {
	f, p := start(t, gcp.Options{})
	f.set("one", nil)
	f.set("two", nil)
	func() {
		defer func() { _ = recover() }()
		for range p.List(t.Context(), "") {
			panic("the caller's own")
		}
	}()
	for range p.List(t.Context(), "") {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}

// A context that ends inside a List loop does not change a list that has ended by
// itself.
func TestCancelWithinList(t *testing.T) {
	f, p := start(t, gcp.Options{})
	f.set("one", nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, err := range p.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		break
	}
}

// The caller closes a client that the caller made.
func TestInjectedClient(t *testing.T) {
	f := newFake()
	f.set("db", []byte("x"))
	address, _ := serve(t, f)
	c, err := secretmanager.NewClient(t.Context(), option.WithEndpoint(address), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 2 {
		p := open(t, gcp.Options{Project: project, Client: c})
		wantValue(t, p, "db", "x")
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}
