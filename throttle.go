package secretmux

import (
	"errors"
	"sync"
	"time"

	"github.com/secretmux/secretmux/cache"
)

const (
	throttlePause    = time.Second
	throttlePauseMax = time.Minute
)

// throttle holds calls back after a backend said that there are too many, for
// all names alike: more calls would make the pause that it wants longer. Calls
// fail at once instead of waiting, so that nothing hangs.
type throttle struct {
	mu       sync.Mutex
	until    time.Time
	failures int
}

// wait returns an error while the pause lasts.
func (t *throttle) wait() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	left := time.Until(t.until)
	if left <= 0 {
		return nil
	}
	return &Error{
		Class: ErrThrottled, Err: errors.New("not called, as the backend throttles"),
		Hint: "calls resume in " + left.Round(time.Millisecond).String() + "; read fewer names, or raise ttl=",
	}
}

// observe takes note of the outcome of one call.
func (t *throttle) observe(err error) {
	throttled := errors.Is(ClassOf(err), ErrThrottled)
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Until(t.until) > 0 {
		return // calls that were under way together count once, and none ends the pause
	}
	switch {
	case err == nil:
		t.failures = 0
	case throttled:
		t.failures++
		// Half the cache's own back-off, which must not meet a closed gate.
		t.until = time.Now().Add(cache.Backoff(t.failures, throttlePause, throttlePauseMax) / 2)
	}
}
