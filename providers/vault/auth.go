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
//
// Two rules hold everywhere in this file:
//   - Only the caller in the flight renews a token or logs in, so many readers make
//     one login. Readers copy the pointer under mu and then use the session without
//     a lock, because a session never changes.
//   - No call of the network happens under mu. A server that hangs would otherwise
//     block every reader, even those whose token is still good.
type authenticator struct {
	opts   Options
	client *client
	flight *flight

	mu      sync.Mutex
	current *session
	// blind says that the tokens of this role may not look themselves up. Then 403
	// from lookup-self says nothing about a token. Most tokens may: Vault's
	// built-in "default" policy allows it. A role with token_no_default_policy may
	// not. See https://developer.hashicorp.com/vault/docs/concepts/policies.
	//
	// It is never unset. If a policy is widened later, this provider still can't tell the two
	// kinds of 403 apart, but no read fails because of that.
	blind bool
	// seen is the last token that could look itself up. If that token fails to do
	// so later, it has ended: its policy did allow the call. It is a token and not
	// a flag, because the next login may give a token with other policies.
	seen secretmux.Secret

	// failed paces the logins. Only login uses it, and login runs in the flight, so
	// it needs no lock.
	failed failure
}

// session returns a session to use now. It renews or replaces the current one if
// that is due. While another caller does that, it returns the old session as long
// as its token is good.
//
// There is no goroutine that renews in the background. So a provider that nobody reads from
// costs the server nothing, and its token runs out by itself. If a program forgets to call
// Close, nothing goes on running.
func (a *authenticator) session(ctx context.Context) (*session, error) {
	if !a.opts.Auth.Method.logsIn() {
		return a.given(ctx)
	}
	now := time.Now()
	// A reader does not wait for a renewal or a login while the token is good. Without this, a
	// slow login would delay every read of a warm program, although the old token still works.
	// The answer of busy may be wrong a moment later. That does no harm: the old session is
	// still good, and do works in either case.
	if s := a.get(); s.fresh(now) || s.alive(now) && a.flight.busy() {
		return s, nil
	}
	return a.flight.do(ctx, a.refresh)
}

// given returns the session of a token that another program looks after (AuthToken) or sends
// (AuthNone). It looks the token up before each call, because an agent replaces the token in its
// file without a signal to us. If the token were read only at the start, it would work until its
// end and then fail for ever.
func (a *authenticator) given(ctx context.Context) (*session, error) {
	// Each reader looks up the token by itself, outside the flight and without mu.
	// A slow Credential.Func then delays only its own reader.
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
	// session's token, and a new session would make it look replaced. A lease that
	// looks replaced is minted anew, and the database would get new credentials at
	// every read.
	if a.current == nil || !a.current.token.Equal(token) {
		a.current = &session{token: token}
	}
	return a.current, nil
}

// refresh is the work in the flight. The order matters: first the work of another
// caller, then a renewal, then a login.
//
// A renewal comes before a login because it keeps the token. A new token would end
// all leases that the old one made, and with them the database credentials that a
// pool is using at this moment
// (https://developer.hashicorp.com/vault/docs/concepts/lease).
func (a *authenticator) refresh(ctx context.Context) (*session, error) {
	now := time.Now()
	s := a.get()
	if s.fresh(now) {
		return s, nil // another caller did the work before this one entered the flight
	}
	if s.alive(now) && s.renewable {
		next := a.renewed(ctx, s)
		// The caller gave up during the renewal. Its error is not the outcome of
		// the renewal, so the session stays as it is, and the next caller tries
		// again.
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		// The renewal may have given less than another tenth of the life. Then the session is
		// not fresh, and the login below replaces the token while the token still works.
		if s = a.set(next); s.fresh(now) {
			return s, nil
		}
	}
	next, err := a.login(ctx)
	switch {
	case err == nil:
		return a.set(next), nil
	case ctx.Err() == nil && s.alive(time.Now()):
		// The login failed, but reads don't need its token yet: the server accepts
		// the old one until its end. The failure is not lost: login remembers it,
		// and the next caller meets the same pause.
		return s, nil
	}
	return nil, err
}

// renewed returns s after an attempt to renew it. Renewing is optional. If a policy
// denies it, the token is as good as before, and its last tenth is left for the
// next login.
//
// Only a 403 can mean that the token has ended. Any other failure, such as an
// outage or a rate limit, says nothing about the token, so the renewal is tried
// again later.
func (a *authenticator) renewed(ctx context.Context, s *session) *session {
	next, err := a.renew(ctx, s)
	var status *statusError
	switch {
	case err == nil:
		return next
	case !errors.As(err, &status) || status.status != http.StatusForbidden:
		return s.notRenewed(time.Now())
	}
	// 403 has two meanings, and only lookup-self tells them apart. It counts only
	// for a token that could look itself up before. Otherwise the policy may allow
	// neither call, and a good token would be thrown away.
	if known, err := a.knows(ctx, s); err == nil && !known && a.sees(s) {
		return s // the token has ended: a login is due
	}
	// A policy denies the renewal. It will deny the next one too, so no other is
	// sent: each would cost a call and a line in the server's audit log.
	next = s.copy()
	next.renewable = false
	return next
}

// reconsider decides what to do about a call that was refused with s. Vault answers
// 403 to a bad token and also to a good one whose policy denies the path
// (https://developer.hashicorp.com/vault/api-docs#http-status-codes). The result is
// s if the token is good, so a policy denies. It is another session if the call
// should be tried again. Otherwise the error says why there is no session.
//
// The difference matters for the caller's chain. ErrDenied evicts a cached value at
// once, because a role was revoked. An ended token must not do that: a login mends
// it.
func (a *authenticator) reconsider(ctx context.Context, s *session) (*session, error) {
	return a.flight.do(ctx, func(ctx context.Context) (*session, error) {
		// This check comes first. A thousand readers that were refused with one bad
		// token queue here, the first of them logs in, and all others leave with
		// its session and without a call.
		current := a.get()
		if current != nil && !current.token.Equal(s.token) {
			return current, nil // another caller replaced the token during the call
		}
		// These tokens can't look themselves up, so a bad token can't be told from a policy that
		// denies. A token that has time left counts as good: otherwise each refusal by a policy
		// would cost a login.
		if a.isBlind() && s.alive(time.Now()) {
			return s, nil
		}
		// The token looks itself up. The refused call is not made a second time: its answer
		// would be the same 403 with the same two meanings.
		known, err := a.knows(ctx, s)
		switch {
		case err != nil:
			return nil, err
		case known:
			return s, nil
		case a.opts.Auth.Method == AuthNone:
			// No token of ours can be bad here. The agent has none, or does not add
			// it.
			return nil, errNoToken
		case a.opts.Auth.Method == AuthToken:
			// A token that another program looks after is not ours to replace. Only the file or
			// variable that it came from may have a new one.
			return a.another(ctx, s)
		}
		// The server does not know the token: it has ended or was revoked. All
		// readers that were refused share this one login.
		next, err := a.login(ctx)
		if err != nil {
			return nil, err
		}
		return a.set(next), nil
	})
}

// another returns the session of the token that has replaced the one of s. An agent writes a new
// token into its file before the old one ends, and that can happen between the read of the file
// and the call. If the reader failed then, its error would be about a token that nobody uses any
// more.
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
