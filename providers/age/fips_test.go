package age_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
)

// If only FIPS 140 is allowed, every read says so. The mode belongs to the process, so
// the test runs itself in another process that has it.
func TestFIPS(t *testing.T) {
	if os.Getenv("AGE_TEST_FIPS") == "" {
		self, err := os.Executable()
		must(t, err)
		ctx, stop := context.WithTimeout(t.Context(), time.Minute) // an earlier version never ended here
		defer stop()
		cmd := exec.CommandContext(ctx, self, "-test.run=^TestFIPS$", "-test.v")
		cmd.Env = append(os.Environ(), "GODEBUG=fips140=only", "AGE_TEST_FIPS=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestFIPS") {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	e, err := age.NewEditor(age.Options{Kind: age.Sops, Path: "testdata/none.env"}, strings.TrimSpace(read(t, "testdata/hybrid.pub")))
	must(t, err)
	if err := e.Set(t.Context(), "a", nil); !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "fips140=only") {
		t.Errorf("a new file: %v", err)
	}
	for _, name := range []string{"x25519.env", "hybrid.env", "x25519.json"} {
		err := wantClass(t, fixture(t, name), "db/password", secretmux.ErrInvalid)
		if !strings.Contains(err.Error(), "fips140=only") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
