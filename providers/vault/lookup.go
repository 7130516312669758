package vault

import (
	"context"
	"net/http"
)

// knows asks the server whether it knows the token. Every token may ask this about
// itself under the built-in "default" policy, and the answer needs no other
// permission
// (https://developer.hashicorp.com/vault/api-docs/auth/token#lookup-a-token-self).
func (a *authenticator) knows(ctx context.Context, s *session) (bool, error) {
	r := get("auth/token/lookup-self")
	// The token lives in the namespace of the login. Asked in another namespace,
	// the server would not know it.
	r.auth = true
	reply, err := a.client.send(ctx, s.token, r)
	switch {
	case err != nil:
		return false, err
	case a.refuses(reply):
		return false, nil
	case reply.status != http.StatusOK:
		return false, reply.refusal()
	}
	e, err := reply.open()
	if err == nil && isNull(e.Data) {
		err = errMalformed // a proxy that answers 200 to every request does not know any token
	}
	// Remember the token only after a whole, well-formed answer. A status of 200
	// from something else must not make later refusals look like an ended token.
	if err == nil {
		a.mu.Lock()
		a.seen = s.token
		a.mu.Unlock()
	}
	return err == nil, err
}

// refuses reports whether the answer may mean that the token is bad. For a request
// without a token, Vault answers 400 and not 403. With a token, 400 means a bad
// request, and a login would not help.
func (a *authenticator) refuses(reply answer) bool {
	return reply.status == http.StatusForbidden ||
		reply.status == http.StatusBadRequest && a.opts.Auth.Method == AuthNone
}

// sees reports whether the token of s has looked itself up before. If so, its
// policy allows the call, and a refusal now means that the token has ended. Without
// that earlier success, a refusal can also mean that the policy never allowed the
// call.
func (a *authenticator) sees(s *session) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.seen.IsZero() && a.seen.Equal(s.token)
}

// refusedAgain is for a call that was refused with s, although s comes from a login a moment
// ago. If lookup-self fails with such a new token too, then the role does not allow lookup-self,
// and another call of it would tell nothing.
//
// Without this, each denied read of such a role would cost a login: the provider
// would take every refusal for an ended token. A token that was given teaches
// nothing here, because it may be old.
func (a *authenticator) refusedAgain(ctx context.Context, s *session) {
	if !s.made || a.isBlind() {
		return
	}
	if known, err := a.knows(ctx, s); err == nil && !known {
		a.mu.Lock()
		a.blind = true
		a.mu.Unlock()
	}
}

func (a *authenticator) isBlind() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.blind
}
