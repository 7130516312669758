package push

import "time"

const (
	// maxRecent is of how many secrets the last notice is remembered. To forget costs a
	// few reads.
	maxRecent = 4096
	// skew is how far the clocks of two rotators may differ.
	skew = time.Minute
)

// recent is the last notice of each secret that the store uses. Names that it does not
// use are not remembered, so that strangers can't fill it.
type recent map[string]Notice

// newest is n, or what was announced of its name after it: a message that comes late,
// behind a newer one, announces what that one did, and where it is served already,
// nothing. A time in the future is not believed, as it would make all later ones look late.
func (r recent) newest(n Notice, now time.Time) Notice {
	if n.Time.After(now) {
		n.Time = now
	}
	if last, ok := r[n.Name]; ok && !n.Time.IsZero() && last.Time.Sub(n.Time) > skew {
		return last
	}
	return n
}

func (r *recent) keep(n Notice) {
	switch {
	case n.Time.IsZero():
		return
	case *r == nil:
		*r = recent{}
	case len(*r) >= maxRecent:
		clear(*r)
	}
	(*r)[n.Name] = n
}
