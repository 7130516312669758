package vault

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/secretmux/secretmux"
)

// authenticator holds the one session of a provider.
type authenticator struct {
	opts   Options
	client *client
	flight *flight

	mu      sync.Mutex
	current *session
	// blind says that the tokens of this role may not look themselves up, so
	// that 403 from there tells nothing.
	blind bool
	// seen is the last token that could look itself up.
	seen secretmux.Secret

	failed failure // only login uses it
}

// session returns a session to use now. It renews or replaces the current one if
// that is due; while somebody else does, a token that is still good is used.
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

// given is the session of a token that somebody else looks after, or sends.
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
	// The same session for the same token: a lease is compared with it by each Get.
	if a.current == nil || !a.current.token.Equal(token) {
		a.current = &session{token: token}
	}
	return a.current, nil
}

func (a *authenticator) refresh(ctx context.Context) (*session, error) {
	now := time.Now()
	s := a.get()
	if s.fresh(now) {
		return s, nil // by somebody who came between the look and the flight
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
		// Whatever is wrong with the login, reads need none yet: the server goes
		// on to take the token until its end.
		return s, nil
	}
	return nil, err
}

// renewed is s after an attempt to renew it. A renewal is a wish of ours: where a
// policy denies it, the token is as good as before until its last tenth.
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
		return s // it is over: a login is due
	}
	next = s.copy()
	next.renewable = false
	return next
}

// reconsider is for a call that was refused with s. It returns s if the token is
// good, so that a policy must be what denies; another session to try again with;
// or why there is none.
func (a *authenticator) reconsider(ctx context.Context, s *session) (*session, error) {
	return a.flight.do(ctx, func(ctx context.Context) (*session, error) {
		current := a.get()
		if current != nil && !current.token.Equal(s.token) {
			return current, nil // somebody has replaced it while the call was under way
		}
		// Without this, a policy's refusal would be a login each time.
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

// another is the token that was put in place of that of s: an agent writes a new one
// into its file before the old one ends, which may be between the read and the call.
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
		err = errMalformed // 200 from something that says so of everything
	}
	if err == nil {
		a.mu.Lock()
		a.seen = s.token
		a.mu.Unlock()
	}
	return err == nil, err
}

// refuses reports whether the answer may mean that the token is no good. To a
// request without any, Vault says that it is a bad one.
func (a *authenticator) refuses(reply answer) bool {
	return reply.status == http.StatusForbidden ||
		reply.status == http.StatusBadRequest && a.opts.Auth.Method == AuthNone
}

// sees reports whether the token of s has looked itself up before. If it can't any
// more, it is not a policy that forbids it.
func (a *authenticator) sees(s *session) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.seen.IsZero() && a.seen.Equal(s.token)
}

// refusedAgain is for a call that was refused with s, which a login has just
// made: if the server does not seem to know that token either, it does not let it
// look itself up.
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
