package age_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

// Where only FIPS 140 is allowed, every read says so. The mode is the process's, so that
// the test runs itself in one that has it.
func TestFIPS(t *testing.T) {
	if os.Getenv("AGE_TEST_FIPS") == "" {
		self, err := os.Executable()
		must(t, err)
		cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestFIPS$", "-test.v")
		cmd.Env = append(os.Environ(), "GODEBUG=fips140=only", "AGE_TEST_FIPS=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestFIPS") {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	for _, name := range []string{"x25519.env", "hybrid.env", "x25519.json"} {
		err := wantClass(t, fixture(t, name), "db/password", secretmux.ErrInvalid)
		if !strings.Contains(err.Error(), "fips140=only") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
