package vault

import (
	"time"

	"github.com/secretmux/secretmux"
)

// session is a token and what is known about it. It is immutable, so readers use it
// without a lock; a change makes a copy. All times are counted by our clock from
// before the request, so a difference between the two clocks does not matter.
type session struct {
	// token is a Secret, so that printing a provider does not show it.
	token secretmux.Secret
	// made says that our login made the token. Close revokes such a token and no
	// other: a token that was given to us belongs to another program, which may go
	// on using it.
	made bool
	// life is how long the token was good for when it was made. Zero means unknown or without
	// end. ends is the time when it is over. A token that was given has neither: looking them up
	// would cost a call each time the token's file is read.
	life time.Duration
	ends time.Time
	// renewable says that the server may extend the token; renewAt is when to ask.
	renewable bool
	renewAt   time.Time
}

// newSession counts the token's life from before the request was sent. The server's
// clock starts later, so the token never seems to live longer than it does.
func newSession(a *authInfo, sent time.Time) *session {
	// The server does not store batch tokens, so it can't revoke them, and
	// revoke-self would fail
	// (https://developer.hashicorp.com/vault/docs/concepts/tokens#batch-tokens).
	s := &session{token: hold(a.Token), made: a.Type != "batch"}
	if a.LeaseDuration > 0 { // zero is a token without end, such as a root's
		s.life = seconds(a.LeaseDuration)
		s.ends = sent.Add(s.life)
		s.renewable = a.Renewable
		s.renewAt = sent.Add(s.life / 2)
	}
	return s
}

// fresh reports whether s needs no work now. A token that can be renewed needs it after half of
// its life: if the renewal fails, the other half is left for more tries. A token that can't be
// renewed needs a login in its last tenth, while the old token still works, so that a login that
// fails a few times costs no reads.
func (s *session) fresh(now time.Time) bool {
	switch {
	case s == nil:
		return false
	case s.ends.IsZero():
		return true
	case s.renewable:
		return now.Before(s.renewAt)
	}
	return now.Before(s.ends.Add(-s.life / 10))
}

// alive reports whether s can still be used. A nil session is neither alive nor
// fresh, so a provider that has never logged in needs no case of its own.
func (s *session) alive(now time.Time) bool {
	return s != nil && (s.ends.IsZero() || now.Before(s.ends))
}

// copy is for changing a session: readers hold the old one without a lock.
func (s *session) copy() *session {
	own := *s
	return &own
}

// renewed returns s after a renewal. If the renewal gave little more than what was left, the
// token has reached its maximum life (max_ttl), and no renewal gives it more. Then the next step
// is a login. life stays what it was at first. If it followed each renewal, a shorter grant
// would look like a full one.
func (s *session) renewed(a *authInfo, sent time.Time) *session {
	next := s.copy()
	next.ends = sent.Add(seconds(a.LeaseDuration))
	next.renewAt = sent.Add(next.ends.Sub(sent) / 2)
	next.renewable = a.Renewable && next.ends.Sub(sent) > s.life/10
	return next
}

// notRenewed returns s after a renewal that failed. The next try comes when half of
// the rest is over, so an outage of an hour costs a few tries and not one for each
// read. In the last tenth no renewal is tried any more: a login is due then, and it
// replaces the token in any case.
func (s *session) notRenewed(now time.Time) *session {
	next := s.copy()
	next.renewAt = now.Add(max(s.ends.Sub(now)/2, time.Second))
	next.renewable = s.renewable && next.renewAt.Before(s.ends.Add(-s.life/10))
	return next
}

// endless is the life of a token or lease that has no end of its own. It also
// bounds every other life: the number of seconds in an answer may be more than a
// Duration holds, which would become negative. A negative life would make each read
// a login.
const endless = 10 * 365 * 24 * time.Hour

// seconds bounds the number before it multiplies, because the product is what
// overflows.
func seconds(n int64) time.Duration {
	return time.Duration(min(n, int64(endless/time.Second))) * time.Second
}

// hold wraps a token or the id of a lease in a Secret, so that nothing prints it. It is called
// as soon as the answer is read, so every later copy is a Secret too.
func hold(value string) secretmux.Secret {
	return secretmux.NewSecret([]byte(value), secretmux.Meta{})
}
