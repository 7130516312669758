package vault

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/secretmux/secretmux"
)

// lease is one credential that the server made for this provider. Its secret
// parts are held in Secrets, so that printing a provider does not show them.
type lease struct {
	id    secretmux.Secret // zero if the answer had no lease
	token secretmux.Secret // the token that made the lease; the lease ends with it
	doc   secretmux.Secret
	meta  secretmux.Meta
	life  time.Duration // as first granted
	ends  time.Time

	renewable bool
	renewAt   time.Time
	// checked is when the server last confirmed the lease. blind says that the
	// policy does not let us ask.
	checked time.Time
	blind   bool
	// answered holds the calls about this lease that the server has answered
	// once. The policy allows those calls, so a later 403 has another reason.
	answered map[string]bool
}

// leaseState says what to do with a lease.
type leaseState int

const (
	gone   leaseState = iota // ended, revoked, or never made
	ending                   // still good, but a new one is due
	good
)

// checkEvery is how often the server is asked whether a lease still exists. An
// operator can revoke a lease at any time, and nothing tells us. Without this
// question its credentials would be served until the lease's end. A longer
// interval would serve revoked credentials for longer; a shorter one would make
// most reads a call.
const checkEvery = time.Second

const (
	pathRenew  = "sys/leases/renew"
	pathLookup = "sys/leases/lookup"
)

// mint reads new credentials from the server.
func (l *leases) mint(ctx context.Context, name string) (*lease, error) {
	sent := time.Now()
	r := get(l.p.below("", name))
	// net/http would repeat the GET when a kept connection breaks, and each GET
	// makes credentials and a lease that is lost.
	r.once = true
	a, s, err := l.p.do(ctx, r)
	if err != nil {
		return nil, err
	}
	doc, err := a.plain(errNoMount) // a warning without data: this engine makes no credentials
	if err != nil {
		return nil, err
	}
	e, err := a.open()
	if err != nil {
		return nil, err
	}
	if e.LeaseID == "" {
		return unleased(doc, sent), nil
	}
	life := seconds(e.LeaseDuration)
	if life <= 0 {
		life, e.Renewable = endless, false // without a time, keep it: otherwise each read would make new credentials
	}
	return &lease{
		id: hold(e.LeaseID), token: s.token, doc: hold(string(doc)), life: life, ends: sent.Add(life),
		renewable: e.Renewable, renewAt: sent.Add(life / 2), checked: sent, answered: map[string]bool{},
		// The version is a digest: the id of a lease is enough to renew or revoke
		// it.
		meta: secretmux.Meta{Version: secretmux.ContentVersion([]byte(e.LeaseID)), Created: sent},
	}, nil
}

// unleased makes a lease from an answer that has none, such as the answer of a
// static role. That says when the password was made, and how long it is until the
// next one.
func unleased(doc []byte, sent time.Time) *lease {
	x := &lease{}
	var (
		fields map[string]json.RawMessage
		static struct {
			Rotated time.Time `json:"last_vault_rotation"`
			TTL     int64     `json:"ttl"`
		}
	)
	// The ttl counts down, so it differs at each read. If it stayed in the
	// document, every read would look like a rotation.
	if json.Unmarshal(doc, &fields) == nil && json.Unmarshal(doc, &static) == nil && !static.Rotated.IsZero() {
		delete(fields, "ttl")
		if steady, err := json.Marshal(fields); err == nil {
			doc, x.meta.Created = steady, static.Rotated
		}
		if static.TTL > 0 {
			x.meta.Expires = sent.Add(seconds(static.TTL))
		}
	}
	x.doc, x.meta.Version = hold(string(doc)), secretmux.ContentVersion(doc)
	return x
}

// judge decides whether x can still be served. It renews x if that is due.
// Otherwise it asks the server from time to time whether x still exists.
func (l *leases) judge(ctx context.Context, x *lease) (leaseState, error) {
	if x == nil || !time.Now().Before(x.ends) {
		return gone, nil
	}
	s, err := l.p.auth.session(ctx)
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

func (x *lease) state() leaseState {
	switch left := time.Until(x.ends); {
	case left <= 0:
		return gone
	case left < x.life/10 && !x.renewable:
		return ending
	}
	return good
}

// despite returns the state of a lease that the server could not be asked about.
// An outage of Vault does not end a lease: the database accepts the credentials
// until their end.
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

// postpone delays the next renewal until half of the rest is over.
func (x *lease) postpone() {
	now := time.Now()
	x.checked = now
	if x.renewable && !now.Before(x.renewAt) {
		x.renewAt = now.Add(max(x.ends.Sub(now)/2, time.Second))
	}
}

// ask renews a lease or looks it up. Both are optional: if a policy refuses the
// call, the lease is as good as before.
func (l *leases) ask(ctx context.Context, x *lease, s *session, path string) (leaseState, error) {
	sent := time.Now()
	body := map[string]any{"lease_id": x.id.Reveal()}
	renews := path == pathRenew
	if renews {
		body["increment"] = int64(x.life / time.Second) // without it the server chooses, and may choose less
	}
	data, err := json.Marshal(body)
	if err != nil {
		return gone, errMalformed // strings and numbers always marshal
	}
	a, err := l.p.client.send(ctx, s.token, post(path, data))
	switch {
	case err != nil:
		return x.despite(ctx, err)
	case a.status == http.StatusForbidden:
		return l.refused(ctx, x, s, path)
	case a.status == http.StatusBadRequest, a.status == http.StatusNotFound:
		if renews && !x.blind {
			x.renewable = false // at its maximum, or gone: the server answers both alike, so look it up
			return l.ask(ctx, x, s, pathLookup)
		}
		return gone, nil
	case a.status != http.StatusOK:
		return x.despite(ctx, a.unexpected())
	}
	if renews {
		e, err := a.open()
		if err != nil {
			return x.despite(ctx, err)
		}
		x.renewed(e, sent)
	}
	x.checked, x.answered[path] = sent, true
	return x.state(), nil
}

// refused decides what a 403 says about the lease. If the token has ended, the
// lease has ended too. To find out, the token looks itself up. If that is also
// refused, it is a sign of an ended token only where one of the two calls worked
// before: a policy may allow neither, and then the lease must not be thrown away.
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

// renewed notes what a renewal gave. If that is little more than what was left,
// the lease has reached its maximum and is not renewed again.
func (x *lease) renewed(e envelope, sent time.Time) {
	more := seconds(e.LeaseDuration)
	x.ends = sent.Add(more)
	x.renewAt = sent.Add(more / 2)
	x.renewable = e.Renewable && more > x.life/10
}

// end revokes a lease with the token of s.
func (l *leases) end(ctx context.Context, x *lease, s *session) error {
	body, err := json.Marshal(map[string]string{"lease_id": x.id.Reveal()})
	if err != nil {
		return errMalformed
	}
	a, err := l.p.client.send(ctx, s.token, post("sys/leases/revoke", body))
	switch {
	case err != nil:
		return err
	case a.status == http.StatusBadRequest, a.status == http.StatusNotFound: // it is gone
	case a.status >= http.StatusMultipleChoices:
		return a.refusal()
	}
	return nil
}
