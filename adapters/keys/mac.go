package keys

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"

	"github.com/secretmux/secretmux"
)

// minMAC is the length of the shortest key. It is half of SHA-256: below that, guessing
// the key is easier than breaking the function.
const minMAC = 16

// MAC signs and verifies with HMAC-SHA256 (RFC 2104). Make one with [NewMAC]. It is
// safe for concurrent use.
type MAC struct{ ring[macKey] }

// macKey is one symmetric key. A Secret holds it, so that no printer shows it.
type macKey struct {
	value secretmux.Secret
	kid   string
}

// NewMAC reads ref: the key's bytes, or a JWK set of keys of kty "oct" with the member
// "current". A key under 16 bytes, a broken set, a nil store and negative Options are
// ErrInvalid. The errors of the read come from Store.Watch. ctx is only for the read.
// Close the MAC after use.
func NewMAC(ctx context.Context, store *secretmux.Store, ref string, o Options) (*MAC, error) {
	m := &MAC{ring[macKey]{opts: o, parse: parseMAC, same: func(a, b macKey) bool { return a.value.Equal(b.value) }}}
	if err := m.start(ctx, store, ref); err != nil {
		return nil, err
	}
	return m, nil
}

func parseMAC(s secretmux.Secret) (parsed[macKey], error) {
	value := s.Bytes()
	var probe struct {
		Keys json.RawMessage `json:"keys"`
	}
	// Random bytes may start like an object. A set is JSON with keys.
	if json.Unmarshal(value, &probe) == nil && probe.Keys != nil {
		return parseSet(value, jwk.symmetric)
	}
	k := macKey{value: s}
	return parsed[macKey]{current: k, all: []macKey{k}}, k.check()
}

func (j jwk) symmetric() (macKey, error) {
	value, ok := decode(j.K)
	switch {
	case j.Kty != "oct" || !ok:
		return macKey{}, invalid("a key of the set is not symmetric, or is malformed", `write {"kty": "oct", "kid": "...", "k": "base64url"}`)
	case j.Alg != "" && j.Alg != "HS256":
		return macKey{}, invalid("the alg of a key of the set is not HS256", "leave out alg")
	case j.Kid == "":
		return macKey{}, invalid("a symmetric key of the set has no kid", "give the key a kid; a digest of the key would help an attacker to guess the key")
	}
	k := macKey{value: secretmux.NewSecret(value, secretmux.Meta{}), kid: j.Kid}
	return k, k.check()
}

func (k macKey) check() error {
	if len(k.value.Bytes()) < minMAC {
		return invalid("the key is shorter than 16 bytes", "store 32 random bytes")
	}
	return nil
}

// Sign returns the 32 bytes of HMAC-SHA256 over message with the present signing key.
func (m *MAC) Sign(message []byte) []byte { return sum(m.state.Load().signing(), message) }

func sum(k macKey, message []byte) []byte {
	mac := hmac.New(sha256.New, k.value.Bytes())
	mac.Write(message)
	return mac.Sum(nil)
}

// Verify reports whether one of signatures is a signature of message by one of the
// present keys. During a rotation both sides may have two. It compares all pairs in
// constant time. It does not make the store read, because a wrong signature is not a
// sign of a rotation.
func (m *MAC) Verify(message []byte, signatures ...[]byte) bool {
	found := 0
	for k := range m.state.Load().verifying {
		want := sum(k, message)
		for _, have := range signatures {
			found |= subtle.ConstantTimeCompare(want, have)
		}
	}
	return found == 1
}

// Keys returns copies of the present keys, for libraries that accept keys. The signing
// key comes first, and then the others, from the newest to the oldest. Call it again
// after a rotation.
func (m *MAC) Keys() [][]byte {
	s := m.state.Load()
	signing := s.signing()
	all := [][]byte{signing.value.Bytes()}
	for k := range s.verifying {
		if !k.value.Equal(signing.value) {
			all = append(all, k.value.Bytes())
		}
	}
	return all
}
