package dbsql

import (
	"time"

	"github.com/secretmux/secretmux"
)

// refusal is what is known of the value in use while the database refuses it. All
// logins share it, so that a hundred connections that wait don't make a hundred
// failed logins a step: databases lock accounts for less. Guarded by Login.mu.
type refusal struct {
	err  error         // the last refusal; nil while the value is not refused
	step time.Duration // between tries
	next time.Time     // no try before
}

// mustWait returns the last refusal of the value in use when the first login of a
// call of Do should wait like those that were refused already. Without Patience nobody
// waits, and each login is tried.
func (l *Login) mustWait(w *wait) error {
	if l.opts.Patience == 0 || !w.until.IsZero() {
		return nil
	}
	return l.mayTry()
}

// mayTry returns nil when a login makes sense now, and else the last refusal.
func (l *Login) mayTry() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &l.refusal
	if r.err == nil {
		return nil
	}
	now := time.Now()
	if now.Before(r.next) {
		return r.err
	}
	r.step = min(2*r.step, waitLimit)
	r.next = now.Add(r.step)
	return nil
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

// Opened tells the Login that a connection was opened with s, and returns for how long
// it may be used. Call it once for each connection: that the database accepts the
// value again is how those that wait learn that they may try.
func (l *Login) Opened(s secretmux.Secret) *Lease {
	l.mu.Lock()
	if l.refusal.err != nil && l.secret.Equal(s) {
		l.refusal = refusal{}
		l.tellLocked()
	}
	l.mu.Unlock()
	return l.lease(s)
}
