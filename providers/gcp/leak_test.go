package gcp_test

import (
	"context"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/grpc/codes"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faultscript"
)

const leakProcess = "SECRETMUX_TEST_LEAK_PROCESS"

// With every debug variable of the SDK and of gRPC set, neither a value nor a token
// is in what a process prints, in an error or in an explanation. The variables are
// read once in a process, so the test starts another process.
func TestNothingLeaks(t *testing.T) {
	if os.Getenv(leakProcess) != "" {
		t.Skip("this is the other process")
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLeakProcess$", "-test.v")
	c.Env = append(os.Environ(), leakProcess+"=1",
		"GOOGLE_SDK_GO_LOGGING_LEVEL=debug", "GOOGLE_SDK_GO_EXPERIMENTAL_LOGGING=true", "GOOGLE_SDK_GO_EXPERIMENTAL_METRICS=true",
		"GOOGLE_SDK_GO_EXPERIMENTAL_TRACING=true", "GOOGLE_SDK_GO_LOGGING=true", "GOOGLE_SDK_GO_TRACING=true",
		"GRPC_GO_LOG_SEVERITY_LEVEL=info", "GRPC_GO_LOG_VERBOSITY_LEVEL=99", "GRPC_BINARY_LOG_FILTER=*")
	out, err := c.CombinedOutput()
	text := string(out)
	if err != nil || !strings.Contains(text, "explained") || !strings.Contains(text, "INFO") {
		t.Fatalf("the process printed too little: %v, %d bytes", err, len(out))
	}
	if faultscript.Leaks(text) {
		for line := range strings.Lines(text) {
			if faultscript.Leaks(line) {
				t.Errorf("a line of %d bytes leaks, which begins with %.40q", len(line), line)
			}
		}
	}
}

// TestLeakProcess is the work of the other process. It reads, fails in each way that
// quotes the value, and prints everything that a user could print.
func TestLeakProcess(t *testing.T) {
	if os.Getenv(leakProcess) == "" {
		t.Skip("run by TestNothingLeaks in a process of its own")
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log.SetOutput(os.Stderr)
	f := newFake()
	for _, id := range []string{"good", "denied", "unauthenticated", "throttled", "corrupt", "invalid"} {
		f.set(id, []byte(faultscript.Canary))
	}
	for id, code := range map[string]codes.Code{
		"denied": codes.PermissionDenied, "unauthenticated": codes.Unauthenticated, "throttled": codes.ResourceExhausted,
		"invalid": codes.InvalidArgument,
	} {
		err := grpcError(code, "quoting "+faultscript.Canary, faultscript.Canary)
		f.answerWith(id, func(context.Context, []byte) (*secretmanagerpb.AccessSecretVersionResponse, error) { return nil, err })
	}
	f.answerWith("corrupt", failing("corrupt", secretmux.ErrCorrupt))
	store, err := secretmux.Open(t.Context(), "gcp-sm://my-project?endpoint=secretmanager.test&metadata=true",
		secure(t, grpcHandler(f), faultscript.Credential).Backend())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, name := range []string{"good", "absent", "denied", "unauthenticated", "corrupt", "invalid", "throttled"} {
		s, err := store.Get(t.Context(), name)
		t.Logf("%s: %v %+v %#v", name, s, err, err)
		slog.Error("get", "secret", s, "error", err)
		t.Log("explained:", secretmux.Explain(t.Context(), store, name))
	}
	if s, err := store.Get(t.Context(), "good"); err != nil || s.Reveal() != faultscript.Canary {
		t.Errorf("the value was not read: %v", err)
	}
	for info, err := range secretmux.List(t.Context(), store, "") {
		t.Log("listed:", info, err)
	}
}
