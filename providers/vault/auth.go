package vault

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/secretmux/secretmux"
)

// authenticator holds the one session of a provider. All changes of the session
// happen in its flight, so that many readers make one login.
type authenticator struct {
	opts   Options
	client *client
	flight *flight

	mu      sync.Mutex
	current *session
	// blind says that the tokens of this role may not look themselves up. Then
	// 403 from lookup-self says nothing about a token.
	blind bool
	// seen is the last token that could look itself up. If that token fails to do
	// so later, it has ended: its policy did allow the call.
	seen secretmux.Secret

	failed failure // only login uses it
}

// session returns a session to use now. It renews or replaces the current one if
// that is due. While another caller does that, it returns the old session as long
// as its token is good.
func (a *authenticator) session(ctx context.Context) (*session, error) {
	if !a.opts.Auth.Method.logsIn() {
		return a.given(ctx)
	}
	now := time.Now()
	// A reader does not wait for a renewal or a login while the token is good.
	if s := a.get(); s.fresh(now) || s.alive(now) && a.flight.busy() {
		return s, nil
	}
	return a.flight.do(ctx, a.refresh)
}

// given returns the session of a token that another program looks after
// (AuthToken) or sends (AuthNone).
func (a *authenticator) given(ctx context.Context) (*session, error) {
	value, err := a.opts.credential(ctx)
	if err != nil {
		return nil, err
	}
	token := secretmux.Secret{}
	if value != "" {
		token = hold(value)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	// The same token gives the same session. Each Get compares its lease with the
	// session's token, and a new session would make it look replaced.
	if a.current == nil || !a.current.token.Equal(token) {
		a.current = &session{token: token}
	}
	return a.current, nil
}

func (a *authenticator) refresh(ctx context.Context) (*session, error) {
	now := time.Now()
	s := a.get()
	if s.fresh(now) {
		return s, nil // another caller did the work before this one entered the flight
	}
	if s.alive(now) && s.renewable {
		next := a.renewed(ctx, s)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if s = a.set(next); s.fresh(now) {
			return s, nil
		}
	}
	next, err := a.login(ctx)
	switch {
	case err == nil:
		return a.set(next), nil
	case ctx.Err() == nil && s.alive(time.Now()):
		// The login failed, but reads don't need its token yet: the server
		// accepts the old one until its end.
		return s, nil
	}
	return nil, err
}

// renewed returns s after an attempt to renew it. Renewing is optional: where a
// policy denies it, the token is as good as before, and its last tenth is left
// for the next login.
func (a *authenticator) renewed(ctx context.Context, s *session) *session {
	next, err := a.renew(ctx, s)
	var status *statusError
	switch {
	case err == nil:
		return next
	case !errors.As(err, &status) || status.status != http.StatusForbidden:
		return s.notRenewed(time.Now())
	}
	if known, err := a.knows(ctx, s); err == nil && !known && a.sees(s) {
		return s // the token has ended: a login is due
	}
	next = s.copy()
	next.renewable = false
	return next
}

// reconsider decides what to do about a call that was refused with s. Vault
// answers 403 to a bad token and also to a good one whose policy denies the path.
// The result is s if the token is good, so a policy denies; or another session,
// to try the call again with; or the reason why there is none.
func (a *authenticator) reconsider(ctx context.Context, s *session) (*session, error) {
	return a.flight.do(ctx, func(ctx context.Context) (*session, error) {
		current := a.get()
		if current != nil && !current.token.Equal(s.token) {
			return current, nil // another caller replaced the token during the call
		}
		// These tokens can't be looked up, so 403 can't be told from a bad token.
		// A token that has time left counts as good: otherwise each refusal by a
		// policy would cost a login.
		if a.isBlind() && s.alive(time.Now()) {
			return s, nil
		}
		known, err := a.knows(ctx, s)
		switch {
		case err != nil:
			return nil, err
		case known:
			return s, nil
		case a.opts.Auth.Method == AuthNone:
			return nil, errNoToken
		case a.opts.Auth.Method == AuthToken:
			return a.another(ctx, s)
		}
		next, err := a.login(ctx)
		if err != nil {
			return nil, err
		}
		return a.set(next), nil
	})
}

// another returns the session of the token that has replaced the one of s. An
// agent writes a new token into its file before the old one ends, and that can
// happen between the read of the file and the call.
func (a *authenticator) another(ctx context.Context, s *session) (*session, error) {
	next, err := a.given(ctx)
	if err == nil && next.token.Equal(s.token) {
		err = errUnknown
	}
	if err != nil {
		return nil, err
	}
	return next, nil
}

// knows asks the server whether it knows the token.
func (a *authenticator) knows(ctx context.Context, s *session) (bool, error) {
	r := get("auth/token/lookup-self")
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
		err = errMalformed // a proxy that answers 200 to every request
	}
	if err == nil {
		a.mu.Lock()
		a.seen = s.token
		a.mu.Unlock()
	}
	return err == nil, err
}

// refuses reports whether the answer may mean that the token is bad. For a
// request without a token, Vault answers 400 and not 403.
func (a *authenticator) refuses(reply answer) bool {
	return reply.status == http.StatusForbidden ||
		reply.status == http.StatusBadRequest && a.opts.Auth.Method == AuthNone
}

// sees reports whether the token of s has looked itself up before. If so, its
// policy allows the call, and a refusal now means that the token has ended.
func (a *authenticator) sees(s *session) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.seen.IsZero() && a.seen.Equal(s.token)
}

// refusedAgain is for a call that was refused with s, although s comes from a
// login a moment ago. If lookup-self fails with such a new token too, then the
// role does not allow lookup-self, and asking again would tell nothing.
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

func (a *authenticator) get() *session {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.current
}

func (a *authenticator) set(s *session) *session {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.current = s
	return s
}
