package dbsql

import (
	"cmp"
	"math/rand/v2"
	"time"

	"github.com/secretmux/secretmux"
)

// Lease is for how long one connection may be used: a part of the time that the
// secret's value had left when the connection was opened, see [Options.LeaseMargin].
// It is safe for concurrent use. Make one with [Login.Opened].
type Lease struct {
	login  *Login
	secret secretmux.Secret
	opened time.Time
	part   float64
}

func (l *Login) lease(s secretmux.Secret) *Lease {
	margin := cmp.Or(l.opts.LeaseMargin, defaultLeaseMargin)
	return &Lease{login: l, secret: s, opened: time.Now(), part: 1 - margin*(1+rand.Float64())} //nolint:gosec // it only spreads the ends
}

// Over reports whether the connection has to be closed now. A value that has no end
// never is over. A lease that the backend extended meanwhile counts as extended. A
// connection that was opened with a value whose end had passed already is over at
// once: it serves the use that it was opened for.
func (l *Lease) Over() bool {
	end := l.end()
	return !end.IsZero() && !time.Now().Before(l.opened.Add(time.Duration(l.part*float64(end.Sub(l.opened)))))
}

// ended reports whether the value has ended since the connection was opened, without
// a margin: the database may end what the connection is allowed at any time.
func (l *Lease) ended() bool {
	end := l.end()
	return end.After(l.opened) && !time.Now().Before(end)
}

// end is when the value of the connection ends. An extended lease is the same content
// with a later end.
func (l *Lease) end() time.Time {
	if now := l.login.live.Current(); now.Equal(l.secret) {
		return now.Expires()
	}
	return l.secret.Expires()
}
