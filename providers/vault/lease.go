package vault

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/secretmux/secretmux"
)

// lease is one credential that the server made for this provider. Its secret parts
// are held in Secrets, so that printing a provider does not show them. The id is
// one of them: it is enough to renew or revoke the lease. See
// https://developer.hashicorp.com/vault/docs/concepts/lease.
//
// Only the holder of its entry's slot reads or changes a lease, so it has no lock
// of its own.
type lease struct {
	id    secretmux.Secret // zero if the answer had no lease
	token secretmux.Secret // the token that made the lease; the lease ends with it
	doc   secretmux.Secret
	meta  secretmux.Meta
	life  time.Duration // as the server granted it first
	ends  time.Time

	renewable bool
	renewAt   time.Time
	// checked is when the server last confirmed the lease. blind says that the
	// policy does not let us ask. Then the lease is served to its end, and a
	// revocation shows only when the database refuses the credentials.
	checked time.Time
	blind   bool
	// answered holds the calls about this lease that the server has answered once.
	// The policy allows those calls, so a later 403 has another reason: the token
	// has ended.
	answered map[string]bool
}

// leaseState says what to do with a lease. The zero value is gone, so a path that
// forgets to decide makes new credentials and never serves dead ones.
type leaseState int

const (
	gone   leaseState = iota // ended, revoked, or never made
	ending                   // still good, but a new one is due
	good
)

// checkEvery is how often the server is asked whether a lease still exists. An
// operator can revoke a lease at any time, and nothing tells us. Without this
// question its credentials would be served until the lease's end. A longer interval
// would serve revoked credentials for longer; a shorter one would make most reads a
// call.
const checkEvery = time.Second

// Both paths take the id in the body
// (https://developer.hashicorp.com/vault/api-docs/system/leases). The older form
// has it in the path, where proxies log it.
const (
	pathRenew  = "sys/leases/renew"
	pathLookup = "sys/leases/lookup"
)

// judge decides whether x can still be served. It renews x if that is due.
// Otherwise it asks the server from time to time whether x still exists.
//
// The session comes before both, because a lease ends with its token. The token may
// be replaced in this very call, and then there is nothing left to ask about.
func (l *leases) judge(ctx context.Context, x *lease) (leaseState, error) {
	if x == nil || !time.Now().Before(x.ends) {
		return gone, nil
	}
	s, err := l.p.auth.session(ctx)
	// Without a session the server can't be asked, but the credentials may still
	// work.
	switch {
	case err != nil:
		return x.despite(ctx, err)
	case !s.token.Equal(x.token):
		return gone, nil // a lease ends with the token that it was made with
	}
	now := time.Now()
	switch {
	case x.renewable && !now.Before(x.renewAt):
		return l.ask(ctx, x, s, pathRenew)
	case !x.blind && now.Sub(x.checked) >= checkEvery:
		return l.ask(ctx, x, s, pathLookup)
	}
	return x.state(), nil
}

// state is what the time by itself says about a lease. A lease that can be renewed is good until
// its end, because the next Get renews it. A lease that can't be renewed is replaced in its last
// tenth, so that new credentials arrive while the old ones still work.
func (x *lease) state() leaseState {
	switch left := time.Until(x.ends); {
	case left <= 0:
		return gone
	case left < x.life/10 && !x.renewable:
		return ending
	}
	return good
}

// despite returns the state of a lease when the server could not be asked about it. An outage of
// Vault does not end a lease: the database accepts the credentials until their end. A refusal is
// different: it is an answer, and the reader gets its error.
func (x *lease) despite(ctx context.Context, err error) (leaseState, error) {
	if ctx.Err() != nil {
		return gone, ctx.Err()
	}
	if class, _ := classify(err); !transient(class) {
		return gone, err
	}
	x.postpone()
	return x.state(), nil
}

// postpone delays the next renewal until half of the rest is over. Otherwise each
// read during an outage would wait for a timeout. It never delays by less than a
// second, so that a lease near its end does not cause a storm.
func (x *lease) postpone() {
	now := time.Now()
	x.checked = now
	if x.renewable && !now.Before(x.renewAt) {
		x.renewAt = now.Add(max(x.ends.Sub(now)/2, time.Second))
	}
}

// ask renews a lease or looks it up. Both are optional: if a policy refuses the
// call, the lease is as good as before.
//
// One question makes at most four calls: a renewal and a lookup, each followed by
// the token's look at itself. A lookup never leads back to a renewal, so the
// recursion ends.
func (l *leases) ask(ctx context.Context, x *lease, s *session, path string) (leaseState, error) {
	sent := time.Now()
	body := map[string]any{"lease_id": x.id.Reveal()}
	renews := path == pathRenew
	if renews {
		body["increment"] = int64(x.life / time.Second) // without it the server chooses, and may choose less
	}
	data, err := json.Marshal(body)
	if err != nil {
		return gone, errMalformed // can't happen: strings and numbers always marshal
	}
	// This calls client.send and not do: do would replace the token after a 403, and the lease
	// ends with the token that made it. refused looks at the token without replacing it.
	a, err := l.p.client.send(ctx, s.token, post(path, data))
	switch {
	case err != nil:
		return x.despite(ctx, err)
	case a.status == http.StatusForbidden:
		return l.refused(ctx, x, s, path)
	case a.status == http.StatusBadRequest, a.status == http.StatusNotFound:
		if renews && !x.blind {
			x.renewable = false // it is at its maximum or gone: the server answers the same to both, so look it up
			return l.ask(ctx, x, s, pathLookup)
		}
		return gone, nil
	case a.status != http.StatusOK:
		// A 5xx or a rate limit says nothing about the lease.
		return x.despite(ctx, a.unexpected())
	}
	if renews {
		e, err := a.open()
		if err != nil {
			// The status was good and the body was not. The server may have renewed
			// the lease, but we don't know until when, so the old end holds.
			return x.despite(ctx, err)
		}
		x.renewed(e, sent)
	}
	x.checked, x.answered[path] = sent, true
	return x.state(), nil
}

// refused decides what a 403 says about the lease. If the token has ended, the
// lease has ended too. To find out, the token looks itself up. A refusal of that
// lookup is a sign of an ended token only if one of the two calls worked before.
// Otherwise a policy may allow neither, and then the lease must not be thrown away:
// its credentials are in use, and a new lease at each read would fill the database
// with users.
func (l *leases) refused(ctx context.Context, x *lease, s *session, path string) (leaseState, error) {
	known, err := l.p.auth.knows(ctx, s)
	switch {
	case err != nil:
		return x.despite(ctx, err)
	case !known && (x.answered[path] || l.p.auth.sees(s)):
		return gone, nil
	case path == pathLookup:
		x.blind = true
		return x.state(), nil
	}
	x.renewable = false
	if !known && !x.blind {
		return l.ask(ctx, x, s, pathLookup) // the policy may allow this call
	}
	return x.state(), nil
}

// renewed notes what a renewal gave. If that is little more than what was left, the lease has
// reached its maximum (max_ttl) and is not renewed again. Near the maximum, the server still
// answers 200, with a smaller and smaller duration.
func (x *lease) renewed(e envelope, sent time.Time) {
	more := seconds(e.LeaseDuration)
	x.ends = sent.Add(more)
	x.renewAt = sent.Add(more / 2)
	x.renewable = e.Renewable && more > x.life/10
}

// end revokes a lease with the token of s. A lease that the server no longer knows
// counts as revoked.
func (l *leases) end(ctx context.Context, x *lease, s *session) error {
	body, err := json.Marshal(map[string]string{"lease_id": x.id.Reveal()})
	if err != nil {
		return errMalformed
	}
	// This calls client.send and not do: do would log in again for a token that has ended, only
	// to revoke a lease that ended with that token.
	a, err := l.p.client.send(ctx, s.token, post("sys/leases/revoke", body))
	switch {
	case err != nil:
		return err
	case a.status == http.StatusBadRequest, a.status == http.StatusNotFound: // the lease is gone
	case a.status >= http.StatusMultipleChoices:
		return a.refusal()
	}
	return nil
}
