package push

import (
	"time"

	"github.com/secretmux/secretmux"
)

// settled is how long a Receive must wait without a failure, after one that failed, to
// count as connected. It is longer than clients need to notice that they can't connect.
const settled = time.Minute

// sweeper decides when everything is read once, because messages may have been lost.
type sweeper struct {
	broken bool      // the last Receive failed
	next   time.Time // the time of the planned sweep; zero if there is none
	quiet  time.Time // when a broken source counts as connected; zero while it works
	before time.Time // no sweep before this time: one at a time
	timer  *time.Timer
}

func newSweeper() sweeper {
	t := time.NewTimer(0)
	t.Stop()
	return sweeper{timer: t}
}

// failed notes that the source is not connected. If it then reports no failure for a
// long time, it counts as connected.
func (s *sweeper) failed(pause time.Duration) {
	s.broken, s.quiet = true, time.Now().Add(pause+settled)
	s.arm()
}

// well notes that the source is connected, and plans a sweep if it was not before.
func (s *sweeper) well() {
	if s.broken {
		s.missed()
	}
}

// missed plans a sweep.
func (s *sweeper) missed() {
	s.broken, s.quiet = false, time.Time{}
	if now := time.Now(); s.next.IsZero() {
		s.next = now
		if s.before.After(now) {
			s.next = s.before
		}
	}
	s.arm()
}

func (s *sweeper) arm() {
	at := s.next
	if at.IsZero() || !s.quiet.IsZero() && s.quiet.Before(at) {
		at = s.quiet
	}
	if at.IsZero() {
		s.timer.Stop()
		return
	}
	s.timer.Reset(time.Until(at))
}

// due reports whether a sweep is due.
func (s *sweeper) due() bool {
	now := time.Now()
	if !s.quiet.IsZero() && !now.Before(s.quiet) {
		s.missed()
	}
	return !s.next.IsZero() && !now.Before(s.next)
}

// swept notes a sweep that is spread over span. The next sweep waits for its end.
func (s *sweeper) swept(span time.Duration) {
	s.next, s.before = time.Time{}, time.Now().Add(span)
	s.arm()
}

// sweepIfDue makes the store read everything that it uses once, at random moments, so
// that neither this instance nor a fleet reads everything at the same time. The span
// grows with the number of secrets, so the backend gets no more reads a second than
// after a rotation of one secret.
func (l *listener) sweepIfDue() {
	if !l.due() {
		return
	}
	names := l.used()
	span := max(l.opts.span(), time.Duration(len(names))*l.opts.within())
	for name := range names {
		l.store.Expect(name, "", span)
	}
	l.swept(span)
	l.opts.tell(Event{Kind: Swept})
}

// used returns the names of the secrets that the store keeps or watches. It leaves out
// a version that is asked for by its id, because it never changes.
func (l *listener) used() map[string]struct{} {
	names := map[string]struct{}{}
	for _, st := range l.store.Status() {
		ref, err := secretmux.ParseRef(st.Ref)
		pinned := ref.Version != "" && ref.Version != secretmux.VersionPrevious
		if err == nil && !pinned && (st.Served || st.Watched) {
			names[ref.Name] = struct{}{}
		}
	}
	return names
}
