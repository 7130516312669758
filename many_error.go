package secretmux

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
)

// ManyError is the error of a call that reads several references:
// [Store.GetAll], [Store.Preload] and [Store.Refresh]. Reach it with errors.As to
// learn which ones failed. It is not safe to change while others read it.
type ManyError struct {
	// Failed has the error of each reference that failed, by the reference as the
	// caller wrote it. It is never empty.
	Failed map[string]error
}

// manyError returns nil when nothing failed.
func manyError(failed map[string]error) error {
	if len(failed) == 0 {
		return nil
	}
	return &ManyError{Failed: failed}
}

// Error lists the failures, sorted by reference.
func (e *ManyError) Error() string {
	texts := make([]string, 0, len(e.Failed))
	for _, ref := range slices.Sorted(maps.Keys(e.Failed)) {
		texts = append(texts, e.Failed[ref].Error())
	}
	return strings.Join(texts, "\n")
}

// Is reports whether every failure is target: five denied secrets and an absent
// one are not "not found", or a default would take the place of all six. Only for
// context.Canceled and context.DeadlineExceeded is one failure enough, as the
// caller's context is the same for all.
func (e *ManyError) Is(target error) bool {
	some := errors.Is(target, context.Canceled) || errors.Is(target, context.DeadlineExceeded)
	for _, err := range e.Failed {
		if errors.Is(err, target) == some {
			return some
		}
	}
	return !some && len(e.Failed) > 0
}

// As looks inside only where exactly one reference failed: which of several
// failures it found would be chance.
func (e *ManyError) As(target any) bool {
	if len(e.Failed) != 1 {
		return false
	}
	for _, err := range e.Failed {
		return errors.As(err, target)
	}
	return false
}
