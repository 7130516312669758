package secretmux

import (
	"cmp"
	"context"
	"errors"
	"sort"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// Status is the state of one secret in a store. It holds no value.
type Status struct {
	// Ref is the secret's reference, without #field.
	Ref string
	// Source and Version describe the served value. For a watched secret that is
	// not served they describe the last known value. They are empty if there is
	// none.
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
	// Watched says that an OnRotate or a Live watches the secret or a field of it,
	// Live that a Live does.
	Watched, Live bool
	// NextRefresh is when it is read next; zero when that is up to the next Get.
	NextRefresh time.Time
	// LoadingSince is when the oldest read that is under way began; zero when none
	// is. Abandoned counts reads of it that go on although their time is over.
	LoadingSince time.Time
	Abandoned    int

	loading bool // a read is under way or about to begin
	absent  bool // the last that the backend itself said is that it is absent
	// Running are the rotation callbacks that run now.
	Running []RunningCallback
	// Callbacks are the errors of rotation callbacks that failed and have not
	// succeeded since.
	Callbacks []error
	// Fields are the errors of watched #fields that the value does not have.
	Fields []error
}

// RunningCallback is a rotation callback that runs now.
type RunningCallback struct {
	// Ref is the reference that OnRotate was given, Since when the call began.
	Ref   string
	Since time.Time
}

// Status returns the state of every secret that the store keeps, sorted by
// reference: those with a value, those that are known to be absent, and those
// that are watched. One that nobody watches and whose value has ended because
// the backend fails is not kept; its Gets fail.
func (s *Store) Status() []Status {
	stats := s.cache.Stats()
	// The cache gives its books as they are. Sorted, two pages of a service can be
	// compared.
	all := make([]Status, len(stats))
	for i, stat := range stats {
		all[i] = s.statusOf(stat)
	}
	// Not slices.SortFunc: it is compiled for each type, here 18 kB of every program.
	sort.Slice(all, func(i, j int) bool { return all[i].Ref < all[j].Ref })
	return all
}

// StatusOf returns the state of the secret that ref belongs to, with or without a
// #field. It returns false when the store keeps nothing of it, and for a ref that
// does not parse.
func (s *Store) StatusOf(ref string) (Status, bool) {
	stat, ok := s.cache.Stat(ref)
	if !ok {
		return Status{}, false
	}
	return s.statusOf(stat), true
}

// statusOf reads the books of the cache, and asks the links what hangs. It makes no
// call, so that Status answers while everything else does not.
func (s *Store) statusOf(stat cache.Stat[Secret]) Status {
	now := time.Now()
	st := Status{
		Ref: stat.Key, Served: stat.Served, Stale: stat.Stale, Refused: stat.Refused, Failures: stat.Failures,
		Err: s.describe("get", stat.Key, stat.Err), Watched: stat.Watched, Live: stat.Live, NextRefresh: stat.NextRefresh,
		LoadingSince: stat.LoadingSince, loading: stat.Loading, absent: errors.Is(ClassOf(stat.GoneErr), ErrNotFound), Abandoned: s.provider.abandoned(cmp.Or(wellNamed(stat.Key), stat.Key)),
	}
	if stat.Known {
		v := stat.Value
		st.Source, st.Version, st.Expires = v.Source(), v.Version(), v.Expires()
		// An end that has passed is told and not enforced: the backend knows better
		// whether the value still works.
		st.Expired = !v.Expires().IsZero() && !v.Expires().After(now)
		// The age counts from the beginning of the read: the value may have changed
		// while it was on its way.
		st.LastSuccess, st.Age = stat.Loaded, now.Sub(stat.Loaded)
	}
	for _, r := range stat.Running {
		st.Running = append(st.Running, RunningCallback{Ref: r.Key, Since: r.Since})
	}
	for _, c := range stat.Callbacks {
		st.Callbacks = append(st.Callbacks, callbackError(c.Key, c.Err))
	}
	// A field that is gone is a problem of its watcher only. The document is read as
	// ever.
	for _, f := range stat.Broken {
		st.Fields = append(st.Fields, s.describe("get", f.Key, f.Err))
	}
	return st
}

// unready says why the secret can't be served to those who need it; nil when it
// can, or when no reader requires it.
//
// A value that has ended while the read that renews it is under way is not a
// failure yet: that read ends within its timeout, and then there is a value or an
// error.
func (st Status) unready(timeout time.Duration) error {
	// While the backend is down, what was absent before still is: an outage must not
	// make a service with an optional setting unready.
	absent := !st.Live && st.absent && (errors.Is(ClassOf(st.Err), ErrNotFound) || errors.Is(ClassOf(st.Err), ErrUnavailable) || errors.Is(ClassOf(st.Err), ErrThrottled))
	// The read that renews it has its timeout. Past that it has hung, and the secret is
	// not well.
	renewing := st.Err == nil && !st.LastSuccess.IsZero() && st.loading &&
		(st.LoadingSince.IsZero() || time.Since(st.LoadingSince) <= timeout)
	switch {
	// What nobody watches is read when it is asked for, so that nothing can be said
	// about it now.
	case !st.Watched || st.Served || absent || renewing:
		return st.brokenField()
	case st.Err != nil:
		return st.Err
	// Neither a value nor an error: the service has just started.
	case st.LastSuccess.IsZero():
		return &Error{Op: "check", Name: st.Ref, Class: ErrUnavailable, Err: errors.New("the first read is not done")}
	default:
		return &Error{
			Op: "check", Name: st.Ref, Source: st.Source, Class: ErrUnavailable, Err: errors.New("its value has ended and no newer one came"),
			Hint: "the read that should renew it has not ended; see Status",
		}
	}
}

// brokenField is a watched #field that is gone. If only OnRotate watches it, its
// absence is not a failure, as for a whole secret.
//
// The first one is enough: a probe asks whether, not how many.
func (st Status) brokenField() error {
	for _, err := range st.Fields {
		if st.Live || !errors.Is(ClassOf(err), ErrNotFound) {
			return err
		}
	}
	return nil
}

// Ready says whether the service can work with what the store has, without I/O. It
// is what a readiness probe asks: while the backend is down and stale values are
// served it is nil, so that an outage does not take every replica out at once.
//
// It is an error when the value of a [Live] has ended: past its TTL and MaxStale,
// or denied, disabled or absent. The same holds for a reference that only
// OnRotate watches, but there absence is nil, and before its first read has ended
// it is an error. References that a Preload failed to read count until a Preload
// of them succeeds. A secret that is neither watched nor preloaded does not
// count. After Close it is ErrClosed.
func (s *Store) Ready() error {
	if s.cache.Closed() {
		return closedError("ready")
	}
	errs := s.preloads.errs()
	for _, st := range s.Status() {
		errs = append(errs, st.unready(s.timeout))
	}
	return errors.Join(errs...)
}

// Check probes every link, and reports with them what the store itself has to
// tell: all that [Store.Ready] tells, secrets that are served past their TTL or
// refused by Options.Validate, callbacks that fail or have run for longer than
// Options.CallbackTimeout, and calls that do not return. It is for a person or a
// deep health check: in an outage it fails. An absent secret that only OnRotate
// watches is not a failure. It reads no secret. Nil means that all is well.
func (s *Store) Check(ctx context.Context) error {
	if s.cache.Closed() {
		return closedError("check")
	}
	// The links come first: with a backend that is down, the rest follows from that.
	errs := []error{s.provider.Check(ctx)}
	errs = append(errs, s.preloads.errs()...)
	for _, st := range s.Status() {
		switch {
		// Stale is well for Ready and not for Check: the service works, and an operator
		// has to look.
		case st.Stale:
			errs = append(errs, &Error{
				Op: "check", Name: st.Ref, Source: st.Source, Class: ClassOf(st.Err), Err: errors.New("served past its TTL"),
				Hint: "the backend failed since; the value ends with MaxStale",
			})
		case st.Refused:
			errs = append(errs, st.Err)
		default:
			errs = append(errs, st.unready(s.timeout))
		}
		errs = append(errs, st.Callbacks...)
		errs = append(errs, s.overdue(st)...)
	}
	return errors.Join(errs...)
}

// overdue tells of callbacks that ignore that their time is over.
//
// The store can't end them. What it can do is to say which one it is.
func (s *Store) overdue(st Status) []error {
	limit := s.opts.callbackTimeout()
	var errs []error
	for _, r := range st.Running {
		if ran := time.Since(r.Since); limit > 0 && ran > limit {
			errs = append(errs, &Error{
				Op: "on rotate", Name: r.Ref, Err: errors.New("a rotation callback has run for " + ran.Round(time.Second).String()),
				Hint: "callbacks must return when their context ends",
			})
		}
	}
	return errs
}
