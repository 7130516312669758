package dbsql

import (
	"cmp"
	"math/rand/v2"
	"time"

	"github.com/secretmux/secretmux"
)

// Lease says how long one connection may be used. It is a part of the time that the
// secret's value had left when the connection was opened: see [Options.LeaseMargin]. It
// is safe for concurrent use. Make one with [Login.Opened].
type Lease struct {
	login  *Login
	secret secretmux.Secret
	began  time.Time
	part   float64
}

func (l *Login) lease(s secretmux.Secret, began time.Time) *Lease {
	margin := cmp.Or(l.opts.LeaseMargin, defaultLeaseMargin)
	return &Lease{login: l, secret: s, began: began, part: 1 - margin*(1+rand.Float64())} //nolint:gosec // it only spreads the ends
}

// Over reports whether the connection has to be closed now. It is never over for a
// value without an end. If the backend has extended the lease in the meantime, the new
// end counts. If the value had ended before the login began, for example because the
// backend is down, there is no lease, and the database decides.
func (l *Lease) Over() bool {
	end := l.end()
	return end.After(l.began) && !time.Now().Before(l.began.Add(time.Duration(l.part*float64(end.Sub(l.began)))))
}

// ended is Over without the margin. After it the database may end the connection's
// rights at any time.
func (l *Lease) ended() bool {
	end := l.end()
	return end.After(l.began) && !time.Now().Before(end)
}

// end is when the value of the connection ends. An extended lease is the same content
// with a later end.
func (l *Lease) end() time.Time {
	if now := l.login.live.Current(); now.Equal(l.secret) {
		return now.Expires()
	}
	return l.secret.Expires()
}
