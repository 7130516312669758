package awstest

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// Isolate keeps the machine's own AWS set-up out of a test.
func Isolate(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // for its cleanup
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home) // on Windows
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// At returns options that lead to endpoint. Their credentials are made up, and
// faultscript.Leaks knows them.
func At(endpoint string) aws.Options {
	return aws.Options{
		Region: "eu-west-1", Endpoint: endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", faultscript.Credential, faultscript.Credential),
	}
}

// Open isolates the test and returns the Provider that f makes from opts. It closes
// the Provider when the test ends.
func Open[P io.Closer](t *testing.T, f func(aws.Options) (P, error), opts aws.Options) P {
	t.Helper()
	Isolate(t)
	p, err := f(opts)
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

// WantClass fails t unless err has the class want and leaks nothing. A nil want means
// no error.
func WantClass(t *testing.T, err, want error) {
	t.Helper()
	if class := secretmux.ClassOf(err); class != want {
		t.Errorf("the class is %v, want %v; the error is %v", class, want, err)
	}
	if err != nil && faultscript.Leaks(err.Error()) {
		t.Error("the error holds a part of a value or of a credential")
	}
}

// GetMany returns the results of p for names.
func GetMany(t *testing.T, p secretmux.ManyGetter, names ...string) []secretmux.Result {
	t.Helper()
	results, err := p.GetMany(t.Context(), names)
	if err != nil {
		t.Fatalf("GetMany: %v", err)
	}
	return results
}

// WantEach fails t unless the result of GetMany for each name has the class want. An
// error of GetMany counts for each name.
func WantEach(t *testing.T, p secretmux.ManyGetter, names []string, want error) {
	t.Helper()
	results, err := p.GetMany(t.Context(), names)
	if err != nil {
		WantClass(t, err, want)
		return
	}
	for _, r := range results {
		WantClass(t, r.Err, want)
	}
}

// WantAll fails t unless the value of each name is the name itself.
func WantAll(t *testing.T, results []secretmux.Result, names []string) {
	t.Helper()
	if len(results) != len(names) {
		t.Fatalf("%d results for %d names", len(results), len(names))
	}
	for i, r := range results {
		if r.Err != nil || r.Name != names[i] || r.Secret.Reveal() != names[i] {
			t.Errorf("the result for %s: %v", names[i], r.Err)
		}
	}
}
