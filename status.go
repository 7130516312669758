package secretmux

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// Status is the state of one secret in a store. It holds no value.
type Status struct {
	// Ref is the secret's reference, without #field.
	Ref string
	// Source and Version are those of the value that is served, or of the last
	// one while a reference to it is watched; empty when there is none.
	Source, Version string
	// Age is how old that value is: the time since LastSuccess.
	Age time.Duration
	// LastSuccess is when the read that brought or confirmed it began.
	LastSuccess time.Time
	// Expires is when the backend says the value ends; zero when unknown.
	// Expired says that this is over; the value is served all the same.
	Expires time.Time
	Expired bool
	// Served says that Get answers without a read of the backend.
	Served bool
	// Stale says that the value is served past its TTL.
	Stale bool
	// Refused says that Options.Validate refused a newer value.
	Refused bool
	// Failures counts the failed reads since LastSuccess; Err is the last.
	Failures int
	Err      error
	// Watched says that an OnRotate or a Live watches the secret or a field of it.
	Watched bool
	// NextRefresh is when it is read next; zero when that is up to the next Get.
	NextRefresh time.Time
	// Callbacks are the errors of rotation callbacks that failed and have not
	// succeeded since.
	Callbacks []error
}

// Status returns the state of every secret that the store keeps, sorted by
// reference: those with a value, those that are known to be absent, and those
// that are watched. One that nobody watches and whose value has ended because
// the backend fails is not kept; its Gets fail.
func (s *Store) Status() []Status {
	stats := s.cache.Stats()
	all := make([]Status, len(stats))
	for i, stat := range stats {
		all[i] = s.statusOf(stat)
	}
	slices.SortFunc(all, func(a, b Status) int { return strings.Compare(a.Ref, b.Ref) })
	return all
}

func (s *Store) statusOf(stat cache.Stat[Secret]) Status {
	now := time.Now()
	st := Status{
		Ref: stat.Key, Served: stat.Served, Stale: stat.Stale, Refused: stat.Refused, Failures: stat.Failures,
		Err: s.describe("get", stat.Key, stat.Err), Watched: stat.Watched, NextRefresh: stat.NextRefresh,
	}
	if stat.Known {
		v := stat.Value
		st.Source, st.Version, st.Expires = v.Source(), v.Version(), v.Expires()
		st.Expired = !v.Expires().IsZero() && !v.Expires().After(now)
		st.LastSuccess, st.Age = stat.Loaded, now.Sub(stat.Loaded)
	}
	for _, c := range stat.Callbacks {
		st.Callbacks = append(st.Callbacks, callbackError(c.Key, c.Err))
	}
	return st
}

// Check probes every link, and reports with them what the store itself has to
// tell: secrets that are served past their TTL or refused by Options.Validate,
// watched ones that can no longer be served, callbacks that fail, and calls of
// OnRotate that could not work. It reads no secret. Nil means that all is well.
func (s *Store) Check(ctx context.Context) error {
	if s.cache.Closed() {
		return closedError("check")
	}
	errs := []error{Check(ctx, s.provider)}
	s.mu.Lock()
	errs = append(errs, s.badWatch...)
	s.mu.Unlock()
	for _, st := range s.Status() {
		switch {
		case st.Stale:
			errs = append(errs, &Error{
				Op: "check", Name: st.Ref, Source: st.Source, Class: ClassOf(st.Err), Err: errors.New("served past its TTL"),
				Hint: "the backend failed since; the value ends with MaxStale",
			})
		case st.Refused, st.Watched && !st.Served:
			errs = append(errs, st.Err)
		}
		errs = append(errs, st.Callbacks...)
	}
	return errors.Join(errs...)
}
