package push

import (
	"time"

	"github.com/secretmux/secretmux"
)

// settled is how long a Receive has to wait without failing, after one that failed, to
// count as connected: longer than clients take to find that they can't.
const settled = time.Minute

// sweeper says when everything is read once, as messages may have been lost.
type sweeper struct {
	broken bool      // the last Receive failed
	next   time.Time // of the sweep that is planned; zero without one
	quiet  time.Time // when a broken source counts as connected; zero while it is well
	before time.Time // no sweep before: one at a time
	timer  *time.Timer
}

func newSweeper() sweeper {
	t := time.NewTimer(0)
	t.Stop()
	return sweeper{timer: t}
}

// failed notes that the source is not connected. If it then says nothing for long, it is.
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

// due reports whether it is time for a sweep.
func (s *sweeper) due() bool {
	now := time.Now()
	if !s.quiet.IsZero() && !now.Before(s.quiet) {
		s.missed()
	}
	return !s.next.IsZero() && !now.Before(s.next)
}

// swept notes a sweep that is spread over span: the next one waits for its end.
func (s *sweeper) swept(span time.Duration) {
	s.next, s.before = time.Time{}, time.Now().Add(span)
	s.arm()
}

// sweepIfDue has the store read everything that it uses once, at random moments, so that
// neither it nor a fleet does that at once. The span grows with the number of secrets: so
// the backend sees no more reads a second than after a rotation of one.
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

// used are the names of what the store keeps or watches. A version that is asked for by
// its id stays what it is.
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
