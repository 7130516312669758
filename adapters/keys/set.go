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
// keys with the member "current". A value of another form, a key type that is not
// supported (RSA below 2048 bits among them), a nil store and negative Options are
// ErrInvalid; the errors of the read are those of Store.Watch. ctx is only for the read.
// Close the set when done.
func New(ctx context.Context, store *secretmux.Store, ref string, o Options) (*Set, error) {
	s := &Set{ring[key]{opts: o, parse: parseKeys, same: func(a, b key) bool { return a.kid == b.kid && a.alg == b.alg }}}
	if err := s.start(ctx, store, ref); err != nil {
		return nil, err
	}
	return s, nil
}

// Signer returns the key that signs now, with the kid and alg for a token's header.
// Take them anew for each token.
func (s *Set) Signer() (signer crypto.Signer, kid, alg string) {
	k := s.state.Load().signing()
	return k.signer(), k.kid, k.alg
}

// Public returns the key that verifies a token with these headers, of any type as a
// parser gives them. The alg must be that of the key. A kid that is not known makes the
// store look for a newer value; if there is none, and for a kid that is not a string or
// an alg that does not fit, the error is ErrInvalid and quotes neither.
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
		return nil, invalid("no key has the kid of the token", "the key was retired, or the token is not ours")
	case alg != k.alg:
		return nil, invalid("the alg of the token is not that of its key", "the token is not ours")
	}
	return k.public, nil
}

// find is for every token, so it walks the slices themselves.
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

// JWKS returns the public keys that verify now, and one that has yet to sign, as a JWK
// set (RFC 7517). It never has a private member.
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
	if err != nil { // strings only: it can't be
		return []byte(`{"keys":[]}`)
	}
	return text
}

// Handler serves JWKS to GET and HEAD. Verifiers may keep it for Options.SignAfter, or
// for 5 minutes without one.
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
