package secretmux_test

import (
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestContentVersion(t *testing.T) {
	seen := map[string]string{}
	for _, value := range []string{"", "a", "b", "A", "a\x00", "a\n", string(make([]byte, 1<<20))} {
		v := secretmux.ContentVersion([]byte(value))
		if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(v) {
			t.Errorf("ContentVersion = %q, want 16 hexadecimal digits", v)
		}
		if other, ok := seen[v]; ok {
			t.Errorf("values of %d and %d bytes have the same version", len(value), len(other))
		}
		seen[v] = value
		if again := secretmux.ContentVersion([]byte(value)); again != v {
			t.Errorf("the same value has versions %q and %q", v, again)
		}
	}
	if secretmux.ContentVersion(nil) != secretmux.ContentVersion([]byte{}) {
		t.Error("nil and empty differ")
	}
}

// In another process the same value has another version, or a log would tell who
// tries out values.
func TestContentVersionIsOfThisProcessAlone(t *testing.T) {
	const variable = "SECRETMUX_TEST_VERSION"
	if os.Getenv(variable) != "" {
		_, _ = os.Stdout.WriteString("version=" + secretmux.ContentVersion([]byte("value")) + "\n")
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), variable+"=1")
	out, err := child.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`version=([0-9a-f]{16})`).FindSubmatch(out)
	if found == nil {
		t.Fatalf("the child printed %q", out)
	}
	if string(found[1]) == secretmux.ContentVersion([]byte("value")) {
		t.Error("another process made the same version")
	}
}
