package push

import "time"

const (
	// maxRecent is the number of secrets whose last notice is remembered. Forgetting
	// one costs a few reads.
	maxRecent = 4096
	// skew is how far the clocks of two rotators may differ.
	skew = time.Minute
)

// recent has the last notice of each secret that the store uses. Unused names are not
// remembered, so that strangers can't fill it.
type recent map[string]Notice

// newest returns n, or a newer notice of the same name. A message that comes late,
// after a newer one, then announces the newer version. If that is served already, it
// announces nothing. A time in the future is ignored, because it would make all later
// notices look late.
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
