package keys

import (
	"context"
	"crypto"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/secretmux/secretmux"
)

// Set signs with one key and verifies with several. Make one with [New]. It is safe
// for concurrent use.
type Set struct{ ring[key] }

// New reads ref: a PEM private key (PKCS #8, PKCS #1 or SEC 1), or a JWK set of private
// keys with the member "current". A value in another form, an unsupported key type (for
// example RSA below 2048 bits), a nil store and negative Options are ErrInvalid. The
// errors of the read come from Store.Watch. ctx is only for the read. Close the set
// after use.
func New(ctx context.Context, store *secretmux.Store, ref string, o Options) (*Set, error) {
	s := &Set{ring[key]{opts: o, parse: parseKeys, same: func(a, b key) bool { return a.kid == b.kid && a.alg == b.alg }}}
	if err := s.start(ctx, store, ref); err != nil {
		return nil, err
	}
	return s, nil
}

// Signer returns the present signing key, with the kid and alg for a token's header.
// Call it for each token.
func (s *Set) Signer() (signer crypto.Signer, kid, alg string) {
	k := s.state.Load().signing()
	return k.signer(), k.kid, k.alg
}

// Public returns the key that verifies a token with these headers. They may have any
// type, because a parser returns them so. The alg must be the key's own. An unknown kid
// makes the store look for a newer value. If there is none, if the kid is not a string,
// or if the alg does not fit, the error is ErrInvalid and quotes neither of them.
func (s *Set) Public(kid, alg any) (crypto.PublicKey, error) {
	id, ok := kid.(string)
	if !ok || id == "" {
		return nil, invalid("the token has no kid", "issue tokens with the kid that Signer returns")
	}
	k := s.find(id)
	if k == nil && s.renew() {
		k = s.find(id)
	}
	switch {
	case k == nil:
		return nil, invalid("no key has the kid of the token", "refuse the token: its key was retired, or it was never ours")
	case alg != k.alg:
		return nil, invalid("the alg of the token does not fit its key", "refuse the token: it was not made with this key")
	}
	return k.public, nil
}

// find is called for every token, so it walks the slices themselves.
func (s *Set) find(kid string) *key {
	now := s.state.Load()
	for i := range now.newest.all {
		if k := &now.newest.all[i]; k.kid == kid {
			return k
		}
	}
	for i := range now.retired {
		if old := &now.retired[i]; old.key.kid == kid && old.verifies() {
			return &old.key
		}
	}
	return nil
}

// JWKS returns the public keys that verify now, and the key that does not sign yet, as
// a JWK set (RFC 7517). It never has a private member.
func (s *Set) JWKS() []byte {
	doc := struct {
		Keys []publicJWK `json:"keys"`
	}{Keys: []publicJWK{}}
	for k := range s.state.Load().verifying {
		j := publish(k.public)
		j.Kid, j.Alg, j.Use = k.kid, k.alg, "sig"
		doc.Keys = append(doc.Keys, j)
	}
	text, err := json.Marshal(doc)
	if err != nil { // it has only strings, so this can't happen
		return []byte(`{"keys":[]}`)
	}
	return text
}

// Handler serves JWKS to GET and HEAD. Verifiers may keep the answer for
// Options.SignAfter, or for 5 minutes if that is zero.
func (s *Set) Handler() http.Handler {
	keep := s.opts.SignAfter
	if keep == 0 {
		keep = 5 * time.Minute
	}
	header := "public, max-age=" + strconv.Itoa(int(keep.Seconds()))
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodGet && req.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Content-Type", "application/jwk-set+json")
		w.Header().Set("Cache-Control", header)
		_, _ = w.Write(s.JWKS())
	})
}
