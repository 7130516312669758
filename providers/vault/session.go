package vault

import (
	"time"

	"github.com/secretmux/secretmux"
)

// session is a token and what is known of it. It is immutable.
type session struct {
	// token is a Secret so that nothing that prints a provider shows it.
	token secretmux.Secret
	// made says that a login of ours made the token, so that Close revokes it.
	made bool
	// life is how long the token was good for when it was made, zero if that is
	// unknown or without end; ends is when that is over.
	life time.Duration
	ends time.Time
	// renewable says that asking for more may help; renewAt is when.
	renewable bool
	renewAt   time.Time
}

// newSession counts from before the request was sent, so that the token never
// seems to live longer than it does.
func newSession(a *authInfo, sent time.Time) *session {
	// Batch tokens are not stored by the server, so it can't revoke them.
	s := &session{token: hold(a.Token), made: a.Type != "batch"}
	if a.LeaseDuration > 0 { // zero is a token without end, such as a root's
		s.life = seconds(a.LeaseDuration)
		s.ends = sent.Add(s.life)
		s.renewable = a.Renewable
		s.renewAt = sent.Add(s.life / 2)
	}
	return s
}

// fresh reports whether there is nothing to do about s now. The last tenth of a
// token that can't be renewed is for the next login, so that one that fails a few
// times costs no reads.
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

// alive reports whether s can still be used.
func (s *session) alive(now time.Time) bool {
	return s != nil && (s.ends.IsZero() || now.Before(s.ends))
}

func (s *session) copy() *session {
	own := *s
	return &own
}

// renewed is s after a renewal. One that gives little more than is left comes up
// against the token's maximum: there is no point in another one.
func (s *session) renewed(a *authInfo, sent time.Time) *session {
	next := s.copy()
	next.ends = sent.Add(seconds(a.LeaseDuration))
	next.renewAt = sent.Add(next.ends.Sub(sent) / 2)
	next.renewable = a.Renewable && next.ends.Sub(sent) > s.life/10
	return next
}

// notRenewed is s after a renewal that failed: half of what is left goes by before
// the next one, so that an outage of an hour is met by a handful of them.
func (s *session) notRenewed(now time.Time) *session {
	next := s.copy()
	next.renewAt = now.Add(max(s.ends.Sub(now)/2, time.Second))
	next.renewable = s.renewable && next.renewAt.Before(s.ends.Add(-s.life/10))
	return next
}

// endless is how long what has no end of its own is taken to last, and the longest
// that anything is: what an answer says in seconds may be more than a Duration
// holds, and would turn negative.
const endless = 10 * 365 * 24 * time.Hour

func seconds(n int64) time.Duration {
	return time.Duration(min(n, int64(endless/time.Second))) * time.Second
}

// hold keeps a token or an id of a lease out of sight.
func hold(value string) secretmux.Secret {
	return secretmux.NewSecret([]byte(value), secretmux.Meta{})
}
