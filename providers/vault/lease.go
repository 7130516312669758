package vault

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/secretmux/secretmux"
)

// lease is a credential that the server made for this provider. What could be used
// is held in Secrets, so that nothing that prints a provider shows it.
type lease struct {
	id    secretmux.Secret // zero for an answer without a lease
	token secretmux.Secret // the one it was made with, and ends with
	doc   secretmux.Secret
	meta  secretmux.Meta
	life  time.Duration // as it was granted at first
	ends  time.Time

	renewable bool
	renewAt   time.Time
	// checked is when the server last knew the lease; blind says that the policy
	// does not let us ask.
	checked time.Time
	blind   bool
	// answered has the calls about the lease that were answered once, so that the
	// policy allows them.
	answered map[string]bool
}

// leaseState is what to do about a lease.
type leaseState int

const (
	gone   leaseState = iota // ended, revoked, or there never was one
	ending                   // still good, but it is time for another one
	good
)

// checkEvery is how often the server is asked whether a lease still exists.
const checkEvery = time.Second

const (
	pathRenew  = "sys/leases/renew"
	pathLookup = "sys/leases/lookup"
)

// mint reads new credentials.
func (l *leases) mint(ctx context.Context, name string) (*lease, error) {
	sent := time.Now()
	r := get(l.p.below("", name))
	r.once = true
	a, s, err := l.p.do(ctx, r)
	if err != nil {
		return nil, err
	}
	doc, err := a.plain(errNoMount) // a dynamic engine that warns instead of answering is none
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
		life, e.Renewable = endless, false // no time is no reason to make one a read
	}
	return &lease{
		id: hold(e.LeaseID), token: s.token, doc: hold(string(doc)), life: life, ends: sent.Add(life),
		renewable: e.Renewable, renewAt: sent.Add(life / 2), checked: sent, answered: map[string]bool{},
		// The id of a lease is enough to renew or revoke it, so it is not shown.
		meta: secretmux.Meta{Version: secretmux.ContentVersion([]byte(e.LeaseID)), Created: sent},
	}, nil
}

// unleased is an answer without a lease, such as that of a static role: it says
// when its password was made, and counts down to the next one.
func unleased(doc []byte, sent time.Time) *lease {
	x := &lease{}
	var (
		fields map[string]json.RawMessage
		static struct {
			Rotated time.Time `json:"last_vault_rotation"`
			TTL     int64     `json:"ttl"`
		}
	)
	// The ttl differs at each read. Left in, every read would be a rotation.
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

// judge says whether x can still be served. It renews it if that is due, and
// otherwise asks now and then whether the server still knows it.
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

// despite is the state of a lease that the server could not be asked about. An
// outage takes nothing from it: databases go on to accept what Vault once made.
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

// postpone lets half of what is left go by before the next renewal.
func (x *lease) postpone() {
	now := time.Now()
	x.checked = now
	if x.renewable && !now.Before(x.renewAt) {
		x.renewAt = now.Add(max(x.ends.Sub(now)/2, time.Second))
	}
}

// ask renews a lease or looks it up. Both are wishes of ours: a refusal by policy
// takes nothing from a lease that is good.
func (l *leases) ask(ctx context.Context, x *lease, s *session, path string) (leaseState, error) {
	sent := time.Now()
	body := map[string]any{"lease_id": x.id.Reveal()}
	renews := path == pathRenew
	if renews {
		body["increment"] = int64(x.life / time.Second) // else the server picks one, which may be less
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
			x.renewable = false // or it is gone: the server says the same of both
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

// refused is what a refusal says of the lease. If the token is over, so is the
// lease. But 403 from lookup-self as well tells nothing of a token that has never
// had another answer: its policy may allow neither call.
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
		return l.ask(ctx, x, s, pathLookup) // which may tell more
	}
	return x.state(), nil
}

// renewed notes what a renewal gave. Little more than was left means that the
// lease comes up against its maximum.
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
