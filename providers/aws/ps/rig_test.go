package ps_test

import (
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/ps"
	"github.com/secretmux/secretmux/providers/aws/session"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// isolate keeps the machine's own AWS set-up out of a test.
func isolate(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // for its cleanup
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// at are options that lead to endpoint.
func at(endpoint string) session.Options {
	return session.Options{
		Region: "eu-west-1", Endpoint: endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", faultscript.Credential, faultscript.Credential),
	}
}

func open(t *testing.T, opts session.Options) *ps.Provider {
	t.Helper()
	isolate(t)
	p, err := ps.New(opts)
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

// wantClass fails t unless err has that class and leaks nothing.
func wantClass(t *testing.T, err, want error) {
	t.Helper()
	if class := secretmux.ClassOf(err); class != want {
		t.Errorf("the class is %v, want %v; the error is %v", class, want, err)
	}
	if err != nil && faultscript.Leaks(err.Error()) {
		t.Error("the error holds a part of a value or of a credential")
	}
}
