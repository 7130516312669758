package clouds_test

import (
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faultscript"
)

const leakProcess = "SECRETMUX_TEST_LEAK_PROCESS"

// Every debug switch of the SDKs is on. The process logs and prints neither a value nor
// a credential, if reads succeed and if they fail. Some SDKs read their switch when the
// process starts, so the test starts another process.
func TestNothingLeaks(t *testing.T) {
	if os.Getenv(leakProcess) != "" {
		printAll(t)
		return
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNothingLeaks$", "-test.v")
	c.Env = append(os.Environ(), leakProcess+"=1",
		"AWS_DEBUG=true", "AWS_SDK_LOG_LEVEL=debug", "AWS_LOG_LEVEL=trace", "VAULT_LOG_LEVEL=trace", "AZURE_SDK_GO_LOGGING=all",
		"GOOGLE_SDK_GO_LOGGING_LEVEL=debug", "GOOGLE_SDK_GO_EXPERIMENTAL_LOGGING=true", "GRPC_GO_LOG_SEVERITY_LEVEL=info", "GRPC_GO_LOG_VERBOSITY_LEVEL=99")
	out, err := c.CombinedOutput()
	text := string(out)
	n := 0
	for line := range strings.Lines(text) {
		if n++; faultscript.Leaks(line) {
			t.Errorf("line %d of the output leaks, which begins with %.40q", n, line)
		}
	}
	if err != nil {
		t.Fatalf("the other process: %v", err)
	}
	// The switches were on, and everything was read.
	for _, part := range []string{"OUTGOING REQUEST", "INFO: ", "azure-kv: [redacted]"} {
		if !strings.Contains(text, part) {
			t.Errorf("the output has no %q", part)
		}
	}
}

// The secrets that each fake has. Its answers for the other secrets quote Canary.
const (
	good   = "good"
	absent = "absent"
	denied = "denied"
	broken = "broken" // 200 with something else, or a wrong checksum
)

func printAll(t *testing.T) {
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	slog.SetDefault(logger)
	log.SetOutput(os.Stderr)
	reads := []struct {
		name  string
		class error
	}{{good, nil}, {absent, secretmux.ErrNotFound}, {denied, secretmux.ErrDenied}, {broken, secretmux.ErrCorrupt}}
	servers := canaries()
	for _, l := range links() {
		config, backend := l.at(t, servers[l.scheme](t))
		o := secretmux.Opener{Backends: []secretmux.Backend{backend}, Options: secretmux.Options{Logger: logger}}
		store, err := o.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		for _, read := range reads {
			secret, err := store.Get(t.Context(), read.name)
			if read.class == nil && !strings.Contains(secret.Reveal(), faultscript.Canary) {
				t.Errorf("%s: the value was not read: %v", l.scheme, err)
			}
			if class := secretmux.ClassOf(err); class != read.class {
				t.Errorf("%s: %s is %v, want %v", l.scheme, read.name, class, read.class)
			}
			fmt.Fprintf(os.Stdout, "%s: %v %+v %#v\n", l.scheme, secret, secret, secret)
			printTree(err)
			slog.Error("get", "secret", secret, "error", err)
			fmt.Fprintf(os.Stdout, "%v\n%+v\n", secretmux.Explain(t.Context(), store, read.name), store.Status())
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}

// printTree prints every error below err.
func printTree(err error) {
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stdout, "%T %v %+v %#v\n", err, err, err, err)
	var attempts *secretmux.FallbackError
	if errors.As(err, &attempts) {
		for _, a := range attempts.Attempts {
			printTree(a.Err)
		}
	}
	switch e := err.(type) { //nolint:errorlint // each error of the tree is printed alone
	case interface{ Unwrap() error }:
		printTree(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			printTree(below)
		}
	}
}

// plain is an HTTP server without TLS.
func plain(t *testing.T, h http.Handler) (address string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
