package tlsconf_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/tlsconf"
	"github.com/secretmux/secretmux/testing/conformance"
)

func subject(t *testing.T, k *tlsconf.KeyPair) string {
	t.Helper()
	cert, err := k.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	if client, _ := k.GetClientCertificate(nil); client != cert {
		t.Error("server and client are shown different certificates")
	}
	return cert.Leaf.Subject.CommonName
}

func TestForms(t *testing.T) {
	a := newAuthority(t, "ca")
	cert, key := a.issue("two secrets", time.Hour)
	r := newRig(t, secretmux.Options{}, map[string]string{
		"bundle": a.bundleOf("bundle"), "key first": "", "document": a.document("document"), "cert": cert, "key": key,
		"other": `{"tls":{"c":"","k":""}}`,
	})
	keyFirstCert, keyFirstKey := a.issue("key first", time.Hour)
	r.memory.Set("key-first", keyFirstKey+keyFirstCert+a.bundle)
	for ref, want := range map[string]string{"bundle": "bundle", "document": "document", "key-first": "key first"} {
		k := must(tlsconf.NewKeyPair(t.Context(), r.Store, ref, tlsconf.Options{}))
		if got := subject(t, k); got != want {
			t.Errorf("%s: %q", ref, got)
		}
		_ = k.Close()
	}
	k := must(tlsconf.NewKeyPairOf(t.Context(), r.Store, "cert", "key"))
	defer func() { _ = k.Close() }()
	if got := subject(t, k); got != "two secrets" {
		t.Errorf("two secrets: %q", got)
	}
	// The fields of a document may have other names.
	fields := must(tlsconf.NewKeyPairOf(t.Context(), r.Store, "document#cert", "document#/key"))
	if got := subject(t, fields); got != "document" {
		t.Errorf("two fields: %q", got)
	}
	_ = fields.Close()
}

func TestWhatIsNoPair(t *testing.T) {
	a := newAuthority(t, "ca")
	cert, key := a.issue("one", time.Hour)
	_, otherKey := a.issue("two", time.Hour)
	expired, expiredKey := a.issue("old", -time.Minute)
	bad := map[string]string{
		"empty": "", "text": canary, "only-cert": cert, "only-key": key, "mismatch": cert + otherKey, "expired": expired + expiredKey,
		"cut": cert + key[:len(key)/2], "garbage": block("CERTIFICATE", []byte(canary)) + key, "garbage-key": cert + block("PRIVATE KEY", []byte(canary)),
		"encrypted": cert + block("ENCRYPTED PRIVATE KEY", []byte(canary)), "no-field": `{"cert":"` + canary + `"}`, "broken": `{"cert":"` + canary,
	}
	r := newRig(t, secretmux.Options{}, bad)
	for ref := range bad {
		k, err := tlsconf.NewKeyPair(t.Context(), r.Store, ref, tlsconf.Options{})
		if k != nil || !errors.Is(err, secretmux.ErrInvalid) && !errors.Is(err, secretmux.ErrFieldNotFound) {
			t.Errorf("%s: %v", ref, err)
		}
		conformance.NoLeak(t, err, canary, key[40:80])
	}
	if _, err := tlsconf.NewKeyPair(t.Context(), nil, "x", tlsconf.Options{}); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("a nil store: %v", err)
	}
	if _, err := tlsconf.NewKeyPair(t.Context(), r.Store, "absent", tlsconf.Options{}); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("absent: %v", err)
	}
	if _, err := tlsconf.NewKeyPairOf(t.Context(), r.Store, "only-cert", "absent"); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("absent key: %v", err)
	}
	if _, err := tlsconf.NewRoots(t.Context(), r.Store); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("no roots: %v", err)
	}
	for _, ref := range []string{"empty", "text", "only-key", "garbage"} {
		_, err := tlsconf.NewRoots(t.Context(), r.Store, ref)
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("roots of %s: %v", ref, err)
		}
		conformance.NoLeak(t, err, canary)
	}
	for _, st := range r.Status() {
		if st.Watched {
			t.Errorf("%s is still watched", st.Ref)
		}
	}
}

// A new value that does not fit is refused, and Status shows it. The old pair is still
// served.
func TestABadRotationKeepsTheOldPair(t *testing.T) {
	a := newAuthority(t, "ca")
	r := newRig(t, secretmux.Options{}, map[string]string{"tls": a.bundleOf("good")})
	k := must(tlsconf.NewKeyPair(t.Context(), r.Store, "tls", tlsconf.Options{}))
	defer func() { _ = k.Close() }()
	cert, _ := a.issue("bad", time.Hour)
	_, key := a.issue("bad", time.Hour)
	r.rotate("tls", cert+key, func() bool { st, _ := r.StatusOf("tls"); return len(st.Callbacks) == 1 })
	if got := subject(t, k); got != "good" {
		t.Errorf("%q is served", got)
	}
	if r.Check(t.Context()) == nil {
		t.Error("Check tells nothing")
	}
	r.rotate("tls", a.bundleOf("better"), func() bool { return subject(t, k) == "better" })
}

// A pair in two secrets changes only if both match, and never only one of them.
func TestTwoSecretsSwapTogether(t *testing.T) {
	a := newAuthority(t, "ca")
	cert, key := a.issue("one", time.Hour)
	r := newRig(t, secretmux.Options{}, map[string]string{"cert": cert, "key": key})
	k := must(tlsconf.NewKeyPairOf(t.Context(), r.Store, "cert", "key"))
	defer func() { _ = k.Close() }()
	for _, first := range []string{"cert", "key"} {
		before := subject(t, k)
		next := map[string]string{}
		next["cert"], next["key"] = a.issue("after "+first, time.Hour)
		r.rotate(first, next[first], func() bool { st, _ := r.StatusOf(first); return len(st.Callbacks) == 1 })
		if got := subject(t, k); got != before {
			t.Fatalf("%q is served while only the %s is new", got, first)
		}
		other := map[string]string{"cert": "key", "key": "cert"}[first]
		r.rotate(other, next[other], func() bool { return subject(t, k) == "after "+first })
	}
}

func TestValidate(t *testing.T) {
	a := newAuthority(t, "ca")
	cert, key := a.issue("x", time.Hour)
	_, otherKey := a.issue("y", time.Hour)
	old, oldKey := a.issue("old", -time.Minute)
	validate := tlsconf.Validate("tls", "doc#cert", "malformed//")
	for name, tt := range map[string]struct {
		ref, value string
		refused    bool
	}{
		"a pair":            {"tls", cert + key, false},
		"a document":        {"doc", a.document("d"), false},
		"roots":             {"tls", a.bundle, false},
		"a key":             {"tls", key, false},
		"a mismatch":        {"tls", cert + otherKey, true},
		"expired":           {"tls", old + oldKey, true},
		"empty":             {"tls", "", true},
		"text":              {"tls", canary, true},
		"broken roots":      {"tls", block("CERTIFICATE", []byte(canary)), true},
		"a malformed key":   {"tls", block("PRIVATE KEY", []byte(canary)), true},
		"a broken document": {"doc", `{"cert":"` + canary + `"}`, true},
		"another secret":    {"other", canary, false},
	} {
		err := validate(context.Background(), secretmux.Rotation{Ref: tt.ref, New: secretmux.NewSecret([]byte(tt.value), secretmux.Meta{})})
		if (err != nil) != tt.refused {
			t.Errorf("%s: %v", name, err)
		}
		conformance.NoLeak(t, err, canary)
	}
}

func BenchmarkGetCertificate(b *testing.B) {
	a := newAuthority(&testing.T{}, "ca")
	k := must(tlsconf.NewKeyPair(b.Context(), newRig(&testing.T{}, secretmux.Options{}, map[string]string{"tls": a.bundleOf("x")}).Store, "tls", tlsconf.Options{}))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.GetCertificate(nil); err != nil {
			b.Fatal(err)
		}
	}
}
