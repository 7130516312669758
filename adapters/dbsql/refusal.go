package dbsql

import (
	"time"

	"github.com/secretmux/secretmux"
)

// refusal is the state of the value in use while the database refuses it. All logins
// share it, so that a hundred waiting connections don't make a hundred failed logins at
// each step. Databases lock accounts after fewer. Guarded by Login.mu.
type refusal struct {
	err  error         // the last refusal; nil while the value is not refused
	step time.Duration // between tries
	next time.Time     // no try before this time
}

// Opening is called before each login. It returns an error while the database refuses
// the value in use and the next try, which all logins share, is not due: try must
// return that error, and [Login.Do] waits. Without [Options.Patience] no login has to
// wait, and the result is nil.
func (l *Login) Opening() error {
	l.mu.Lock()
	err := l.dueLocked()
	if r := &l.refusal; err == nil && r.err != nil {
		r.step = min(2*r.step, waitLimit)
		r.next = time.Now().Add(r.step)
	}
	l.mu.Unlock()
	if err == nil {
		l.counters.dials.Add(1)
		return nil
	}
	return &secretmux.Error{
		Op: "connect", Name: l.live.Ref(), Class: secretmux.ErrUnauthenticated, Err: &earlyError{hidden(err)},
		Hint: "the database refused this value a moment ago; the next try comes later",
	}
}

// earlyError is the last refusal, for a login that was not tried.
type earlyError struct{ *driverError }

func (e *earlyError) refusal() error { return e.cause() }

// due returns nil if a login makes sense now, and the last refusal otherwise.
func (l *Login) due() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dueLocked()
}

func (l *Login) dueLocked() error {
	if l.opts.Patience == 0 || !time.Now().Before(l.refusal.next) {
		return nil
	}
	return l.refusal.err
}

// refuse notes that the database refused s.
func (l *Login) refuse(s secretmux.Secret, err error) {
	l.counters.refused.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.secret.Equal(s) {
		return // which was replaced meanwhile
	}
	if l.refusal.err == nil {
		l.refusal.step, l.refusal.next = waitFirst, time.Now().Add(waitFirst)
	}
	l.refusal.err = err
}

// Opened tells the Login that a connection was opened with s, by a login that began at
// began. It returns how long the connection may be used. It also tells waiting logins
// that the database accepts the value again.
func (l *Login) Opened(s secretmux.Secret, began time.Time) *Lease {
	l.mu.Lock()
	if l.refusal.err != nil && l.secret.Equal(s) {
		l.refusal = refusal{}
		l.tellLocked()
	}
	l.mu.Unlock()
	return l.lease(s, began)
}
