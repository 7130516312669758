package age_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	filippo "filippo.io/age"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/testing/conformance"
)

const canary = "canary-hunter2"

// pair is a key pair of a test.
type pair struct {
	identity  filippo.Identity
	recipient string
}

func newPair(t testing.TB) pair {
	t.Helper()
	x, err := filippo.GenerateX25519Identity()
	must(t, err)
	return pair{x, x.Recipient().String()}
}

func newHybrid(t testing.TB) pair {
	t.Helper()
	h, err := filippo.GenerateHybridIdentity()
	must(t, err)
	return pair{h, h.Recipient().String()}
}

// file is an encrypted file of a test, with the keys of its readers.
type file struct {
	opts age.Options
	key  pair
}

// newFile is a file that does not exist yet.
func newFile(t testing.TB, format age.Kind, key pair) file {
	t.Helper()
	name := map[age.Kind]string{age.Sops: "secrets.env", age.Age: "secrets.env.age"}[format]
	return file{age.Options{Kind: format, Path: filepath.Join(t.TempDir(), name), Identities: []filippo.Identity{key.identity}}, key}
}

func (f file) editor(t testing.TB) *age.Editor {
	t.Helper()
	e, err := age.NewEditor(f.opts, f.key.recipient)
	must(t, err)
	return e
}

func (f file) provider(t testing.TB) *age.Provider {
	t.Helper()
	p, err := age.New(f.opts)
	must(t, err)
	return p
}

// with returns the file with these keys and values.
func (f file) with(t testing.TB, values ...string) file {
	t.Helper()
	for i := 0; i < len(values); i += 2 {
		must(t, f.editor(t).Set(t.Context(), values[i], []byte(values[i+1])))
	}
	return f
}

func (f file) read(t *testing.T) string { t.Helper(); return read(t, f.opts.Path) }

func (f file) write(t *testing.T, content string) {
	t.Helper()
	must(t, os.WriteFile(f.opts.Path, []byte(content), 0o600))
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return string(content)
}

// wantClass reads name. It fails the test unless the error has this class and holds no
// canary.
func wantClass(t *testing.T, p secretmux.Provider, name string, class error) error {
	t.Helper()
	s, err := p.Get(t.Context(), name)
	if !errors.Is(secretmux.ClassOf(err), class) || !s.IsZero() {
		t.Errorf("%s: %v, want %v", name, err, class)
	}
	if err != nil {
		conformance.NoLeak(t, err, canary)
	}
	return err
}

func wantValue(t *testing.T, p secretmux.Provider, name, want string) {
	t.Helper()
	s, err := p.Get(t.Context(), name)
	if err != nil || s.Reveal() != want {
		t.Errorf("%s is %q, %v, want %q", name, s.Reveal(), err, want)
	}
}

// fixture returns a provider of a file that sops made.
func fixture(t *testing.T, name string) *age.Provider {
	t.Helper()
	key := "testdata/x25519.key"
	if strings.HasPrefix(name, "hybrid") {
		key = "testdata/hybrid.key"
	}
	p, err := age.New(age.Options{Kind: age.Sops, Path: "testdata/" + name, IdentityFile: key, KeepEmpty: true})
	must(t, err)
	return p
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
