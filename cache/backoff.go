package cache

import (
	"math/rand/v2"
	"time"
)

// Backoff returns the pause after attempt consecutive failures: first, doubled
// with each further failure, at most limit, of which the latter half is random,
// so that many processes don't return at once. Attempts below 1 count as 1, and
// negative durations as zero.
func Backoff(attempt int, first, limit time.Duration) time.Duration {
	pause := max(min(first, limit), 0)
	for ; attempt > 1 && pause > 0 && pause < limit; attempt-- {
		pause += min(pause, limit-pause) // twice as long, without an overflow
	}
	half := pause / 2
	return half + rand.N(pause-half+1) //nolint:gosec // jitter needs no secrecy
}
