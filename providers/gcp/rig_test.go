package gcp_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

// TestMain hides the credentials and settings of the person who runs the tests.
func TestMain(m *testing.M) {
	for _, entry := range os.Environ() {
		variable, _, _ := strings.Cut(entry, "=")
		for _, prefix := range []string{"GOOGLE_", "GCE_", "CLOUDSDK_", "HTTP", "http", "ALL_PROXY", "all_proxy"} {
			if strings.HasPrefix(variable, prefix) && !strings.HasPrefix(variable, "GOOGLE_SDK_") {
				_ = os.Unsetenv(variable)
			}
		}
	}
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		panic(err)
	}
	for _, variable := range []string{"HOME", "APPDATA"} { // of Windows too
		_ = os.Setenv(variable, home)
	}
	_ = os.Setenv("GCE_METADATA_HOST", "127.0.0.1:1") // where no server listens
	code := m.Run()
	_ = os.RemoveAll(home)
	os.Exit(code)
}

// serve serves f on loopback, like an emulator, and returns its address.
func serve(t *testing.T, f *fake) (address string, server *grpc.Server) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server = grpc.NewServer(grpc.MaxSendMsgSize(1 << 30))
	secretmanagerpb.RegisterSecretManagerServiceServer(server, f)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		server.Stop()
		<-done
	})
	return l.Addr().String(), server
}

func open(t *testing.T, opts gcp.Options) *gcp.Provider {
	t.Helper()
	p, err := gcp.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return p
}

// start opens a provider over a fake.
func start(t *testing.T, opts gcp.Options) (*fake, *gcp.Provider) {
	t.Helper()
	f := newFake()
	f.location = opts.Location
	opts.Project = project
	opts.Endpoint, _ = serve(t, f)
	return f, open(t, opts)
}

// grpcHandler serves f below a server of HTTP.
func grpcHandler(f *fake) http.Handler {
	server := grpc.NewServer(grpc.MaxSendMsgSize(1 << 30))
	secretmanagerpb.RegisterSecretManagerServiceServer(server, f)
	return server
}

// secure serves h with TLS and HTTP/2 and returns the options that call it as
// secretmanager.test, with token.
func secure(t *testing.T, h http.Handler, token string) gcp.Options {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	opts := gcp.Options{Project: project, Endpoint: "secretmanager.test", ClientOptions: trusting(server)}
	if token != "" {
		opts.Credentials = auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: fixedToken(token)})
	}
	return opts
}

// trusting leads every connection to server.
func trusting(server *httptest.Server) []option.ClientOption {
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return []option.ClientOption{
		option.WithGRPCDialOption(grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(roots, "example.com"))),
		dialing(func(ctx context.Context, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", server.Listener.Addr().String())
		}),
	}
}

func dialing(dial func(ctx context.Context, address string) (net.Conn, error)) option.ClientOption {
	return option.WithGRPCDialOption(grpc.WithContextDialer(dial))
}

type fixedToken string

func (f fixedToken) Token(context.Context) (*auth.Token, error) {
	return &auth.Token{Value: string(f)}, nil
}

func wantValue(t *testing.T, p secretmux.Provider, name, want string) secretmux.Secret {
	t.Helper()
	s, err := p.Get(t.Context(), name)
	if err != nil {
		t.Fatalf("Get(%q): %v", name, err)
	}
	if got := s.Reveal(); got != want {
		t.Fatalf("Get(%q) = %q, want %q", name, got, want)
	}
	return s
}

func wantClass(t *testing.T, what string, s secretmux.Secret, err, want error) {
	t.Helper()
	if got := secretmux.ClassOf(err); err == nil || got != want {
		t.Fatalf("%s: class %v, want %v: %v", what, got, want, err)
	}
	if !s.IsZero() {
		t.Errorf("%s: a secret beside an error", what)
	}
}
