package secretmux_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// panicShape names the shape that the test binary panics with when it runs as
// its own child: only a real crash shows what the runtime prints.
const panicShape = "SECRETMUX_TEST_PANIC_SHAPE"

func TestMain(m *testing.M) {
	if shape := os.Getenv(panicShape); shape != "" {
		crash(shape)
	}
	os.Exit(m.Run())
}

func crash(shape string) {
	value := shapes()[strings.TrimPrefix(shape, "error ")]
	if strings.HasPrefix(shape, "error ") {
		panic(fmt.Errorf("failed with %v and %+v: %w", value, value, errors.New("cause")))
	}
	panic(value)
}

func TestSecretIsRedactedInAPanic(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process for each shape; TestSecretIsRedactedByFmt covers recovered panics")
	}
	for _, shape := range []string{
		"alone", "pointer", "exported field", "unexported field", "pointer to struct", "slice", "map", "interface", "nested",
		"only an error", "error unexported field", "error nested",
	} {
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			child := exec.CommandContext(ctx, os.Args[0])
			child.Env = append(os.Environ(), panicShape+"="+shape, "GOTRACEBACK=all")
			out, err := child.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || !strings.Contains(string(out), "panic:") {
				t.Fatalf("the child did not panic: %v: %s", err, out)
			}
			wantRedacted(t, string(out))
		})
	}
}
