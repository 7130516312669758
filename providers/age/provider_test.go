package age_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	filippo "filippo.io/age"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
)

// The private key may be in each of these places.
func TestIdentities(t *testing.T) {
	key := newPair(t)
	f := newFile(t, age.Sops, key).with(t, "a", "1")
	private := key.identity.(*filippo.X25519Identity).String()
	path := filepath.Join(t.TempDir(), "key.txt")
	must(t, os.WriteFile(path, []byte("# created: today\r\n# public key: "+key.recipient+"\r\n\r\n  "+private+"\r\n"), 0o600))
	other := newPair(t).identity.(*filippo.X25519Identity).String()

	o := f.opts
	o.Identities = nil
	for what, c := range map[string]struct {
		file, variable string
		class          error
	}{
		"a file":                     {path, "", nil},
		"a variable":                 {"", private + "\n", nil},
		"several":                    {"", other + "\n" + private, nil},
		"the file counts":            {path, other, nil},
		"another":                    {"", other, secretmux.ErrDenied},
		"none":                       {"", " \n", secretmux.ErrUnauthenticated},
		"a file that does not exist": {path + ".gone", private, secretmux.ErrUnauthenticated},
		"a folder":                   {filepath.Dir(path), private, secretmux.ErrUnauthenticated},
		"a public key":               {"", key.recipient, secretmux.ErrInvalid},
		"an SSH key":                 {"", "-----BEGIN OPENSSH PRIVATE KEY-----\n" + canary, secretmux.ErrInvalid},
		"a plugin, which is not run": {"", "AGE-PLUGIN-" + strings.ToUpper(canary), secretmux.ErrInvalid},
	} {
		o.IdentityFile, o.Lookup = c.file, func(name string) (string, bool) { return c.variable, name == age.DefaultKeyVariable }
		p, err := age.New(o)
		must(t, err)
		if c.class == nil {
			wantValue(t, p, "a", "1")
			continue
		}
		err = wantClass(t, p, "a", c.class)
		if strings.Contains(err.Error(), private[20:]) || strings.Contains(err.Error(), path) && c.file == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A whole file can be one secret.
func TestWholeFile(t *testing.T) {
	f := newFile(t, age.Age, newHybrid(t))
	f.opts.Name = "tls/key"
	f = f.with(t, "tls/key", "\x00binary\n")
	p := f.provider(t)
	wantValue(t, p, "tls/key", "\x00binary\n")
	wantClass(t, p, "other", secretmux.ErrNotFound)
	if err := f.editor(t).Set(t.Context(), "other", nil); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("another name is set: %v", err)
	}
	for info, err := range p.List(t.Context(), "tls/") {
		if err != nil || info.Name != "tls/key" {
			t.Errorf("it lists %v, %v", info, err)
		}
	}
	if p.String() != "age://"+filepath.ToSlash(f.opts.Path)+"?name=tls%2Fkey" {
		t.Errorf("its address is %s", p)
	}
}

func TestTwoNamesOfOneKey(t *testing.T) {
	f := newFile(t, age.Sops, newPair(t)).with(t, "db/password", "1")
	p := f.provider(t)
	wantValue(t, p, "db/password", "1")
	wantClass(t, p, "db-password", secretmux.ErrInvalid)
	wantValue(t, p, "db/password", "1")
	wantClass(t, p, "empty", secretmux.ErrNotFound)
}

// A program writes the file in place, and the reader waits until the file is complete.
func TestAWriterInPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, age.Sops, newPair(t)).with(t, "a", "1")
		whole := f.read(t)
		f.write(t, whole[:len(whole)/2])
		go func() {
			time.Sleep(50 * time.Millisecond)
			f.write(t, whole)
		}()
		wantValue(t, f.provider(t), "a", "1")
	})
}

func TestNotAFile(t *testing.T) {
	dir := t.TempDir()
	for _, format := range []age.Kind{age.Sops, age.Age} {
		p, err := age.New(age.Options{Kind: format, Path: dir, Identities: []filippo.Identity{newPair(t).identity}})
		must(t, err)
		wantClass(t, p, "a", secretmux.ErrInvalid)
	}
	f := newFile(t, age.Age, newPair(t))
	f.write(t, "A="+canary)
	wantClass(t, f.provider(t), "a", secretmux.ErrInvalid)
}

// A service opens the link in a chain.
func TestOpen(t *testing.T) {
	t.Setenv(age.DefaultKeyVariable, strings.TrimSpace(read(t, "testdata/hybrid.key")))
	store, err := secretmux.Open(t.Context(), "sops:testdata/hybrid.env?missing=absent,sops:testdata/x25519.json?identity_file=testdata/x25519.key", age.Backend())
	must(t, err)
	defer func() { _ = store.Close() }()
	wantValue(t, store, "db/password", "hunter2")
	wantValue(t, store, "ratio", "1.5")
	must(t, store.Check(t.Context()))

	for link, want := range map[string]string{
		"sops:": "path of a file is missing", "sops:a.yaml": "YAML", "sops:a.yml": "YAML", "sops:~/a.env": "only a shell", "age:$HOME/a": "only a shell",
		"sops:a.env?name=x": "name= is for age:", "age:a?name=../x": "is not the name", "age:a?prefix=-": "prefix", "sops:a.env?identity_file=~/k": "identity_file=",
		"sops://host/a.env": "no host", "sops:a.env?missing=never": "missing takes", "sops:a.env?x=" + canary: "unknown parameter",
	} {
		_, err := secretmux.Open(t.Context(), link, age.Backend())
		if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v, want %q", link, err, want)
		}
	}
	for _, o := range []age.Options{{Path: "a"}, {Path: "a", Kind: "x"}, {Path: "a", Kind: age.Age, Missing: secretmux.ErrDenied}, {Path: "a\x00", Kind: age.Age}} {
		if _, err := age.New(o); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
