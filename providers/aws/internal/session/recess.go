package session

import (
	"sync/atomic"
	"time"
)

// recessTime is how long a call without permission is not tried again. A permission
// that is added in the meantime counts after this time.
const recessTime = 15 * time.Minute

// Recess remembers that a batch call is not permitted, for 15 minutes. The zero
// Recess is ready for use and has not begun. It is safe for concurrent use.
type Recess struct{ until atomic.Pointer[time.Time] }

// Begin starts a recess now, or starts it again.
func (r *Recess) Begin() {
	until := time.Now().Add(recessTime)
	r.until.Store(&until)
}

// Lasts reports whether a recess began less than 15 minutes ago.
func (r *Recess) Lasts() bool {
	until := r.until.Load()
	return until != nil && time.Now().Before(*until)
}
