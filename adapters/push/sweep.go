package push

import (
	"time"

	"github.com/secretmux/secretmux"
)

// settled is how long a Receive has to wait without failing, after one that failed, to
// count as connected: longer than clients take to find that they can't.
const settled = time.Minute

// sweeper says when everything has to be read once, as messages may have been lost.
type sweeper struct {
	span   time.Duration
	broken bool      // the last Receive failed
	next   time.Time // of the sweep that is planned; zero without one
	quiet  time.Time // when a broken source counts as connected; zero while it is well
	before time.Time // no sweep before: one at a time
	timer  *time.Timer
}

func newSweeper(span time.Duration) sweeper {
	t := time.NewTimer(0)
	t.Stop()
	return sweeper{span: span, timer: t}
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

// due reports whether it is time for a sweep, and if so plans nothing but the next.
func (s *sweeper) due() bool {
	now := time.Now()
	if !s.quiet.IsZero() && !now.Before(s.quiet) {
		s.missed()
	}
	if s.next.IsZero() || now.Before(s.next) {
		return false
	}
	s.next, s.before = time.Time{}, now.Add(s.span)
	s.arm()
	return true
}

// sweepIfDue has the store read everything that it uses once, at random moments over the
// span, so that neither it nor a fleet does that at once.
func (l *listener) sweepIfDue() {
	if !l.due() {
		return
	}
	done := map[string]bool{}
	for _, st := range l.store.Status() {
		ref, err := secretmux.ParseRef(st.Ref)
		pinned := ref.Version != "" && ref.Version != secretmux.VersionPrevious
		if err != nil || pinned || done[ref.Name] || !st.Served && !st.Watched {
			continue
		}
		done[ref.Name] = true
		l.store.Expect(ref.Name, "", l.span)
	}
	l.opts.tell(Event{Kind: Swept})
}
