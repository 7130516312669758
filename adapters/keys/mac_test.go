package keys_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/keys"
	"github.com/secretmux/secretmux/testing/conformance"
)

// One of two processes has not seen the rotation yet. All four combinations of key and
// signature are accepted.
func TestMACOverlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, strings.Repeat("a", 32))
		late := must(keys.NewMAC(t.Context(), r.Store, "k", keys.Options{Overlap: time.Hour}))
		defer func() { _ = late.Close() }()
		body := []byte("body")
		old := late.Sign(body)
		r.rotate(strings.Repeat("b", 32))
		next := must(keys.NewMAC(t.Context(), openOver(t, r.memory), "k", keys.Options{Overlap: time.Hour, Previous: true}))
		defer func() { _ = next.Close() }()
		for name, m := range map[string]*keys.MAC{"saw it": late, "started after it": next} {
			if !m.Verify(body, old) || !m.Verify(body, m.Sign(body)) || !m.Verify(body, []byte("x"), old) || m.Verify(body) || m.Verify(body, []byte("x")) || m.Verify([]byte("other"), old) {
				t.Errorf("a process that %s does not verify rightly", name)
			}
			if all := m.Keys(); len(all) != 2 || string(all[0]) != strings.Repeat("b", 32) {
				t.Errorf("a process that %s has %d keys", name, len(all))
			}
		}
		time.Sleep(time.Hour + time.Second)
		if late.Verify(body, old) || next.Verify(body, old) {
			t.Error("accepted after the overlap")
		}
	})
}

func TestMACIsHMACSHA256(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := strings.Repeat("k", 16)
		m := must(keys.NewMAC(t.Context(), newRig(t, key).Store, "k", keys.Options{}))
		defer func() { _ = m.Close() }()
		want := hmac.New(sha256.New, []byte(key))
		want.Write([]byte("x"))
		if !hmac.Equal(m.Sign([]byte("x")), want.Sum(nil)) {
			t.Error("Sign is not HMAC-SHA256")
		}
		if text := sprint(m); strings.Contains(text, key) {
			t.Error("it prints its key")
		}
		m.Keys()[0][0] = 'X'
		if string(m.Keys()[0]) != key {
			t.Error("Keys gives the key itself and not a copy")
		}
	})
}

func TestMACSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := jwkOf([]byte(strings.Repeat("a", 32)), "a"), jwkOf([]byte(strings.Repeat("b", 32)), "b")
		r := newRig(t, setOf("a", a, b))
		m := must(keys.NewMAC(t.Context(), r.Store, "k", keys.Options{}))
		defer func() { _ = m.Close() }()
		old := m.Sign(nil)
		r.rotate(setOf("b", b, a))
		if !m.Verify(nil, old) || hmac.Equal(m.Sign(nil), old) || len(m.Keys()) != 2 {
			t.Error("the set does not say what signs and verifies")
		}
	})
}

func TestWhatIsNoMACKey(t *testing.T) {
	for name, value := range map[string]string{
		"empty": "", "short": canary[:15], "short in a set": setOf("a", jwkOf([]byte(canary[:15]), "a")),
		"no kid": setOf("", jwkOf([]byte(canary+canary), "")), "another alg": setOf("a", map[string]string{"kty": "oct", "kid": "a", "k": b64([]byte(canary)), "alg": "HS512"}),
		"asymmetric": setOf("a", jwkOf(ecKey(), "a")),
	} {
		synctest.Test(t, func(t *testing.T) {
			m, err := keys.NewMAC(t.Context(), newRig(t, value).Store, "k", keys.Options{})
			if !errors.Is(err, secretmux.ErrInvalid) || m != nil {
				t.Errorf("%s: %v", name, err)
			}
			conformance.NoLeak(t, err, canary)
		})
	}
}
