package secretmux

import (
	"context"
	"errors"
	"iter"
)

// Replicas is the same data in several places: the first replica that can be
// reached answers. It goes on to the next only after ErrUnavailable or
// ErrThrottled, or after a class that the replica names with [ContinueOn] or on=.
// An absent secret is absent in all of them; a denied one is denied.
//
// When no replica could be reached, the error is of the class of the first
// failure and, with more than one replica, wraps an *[AttemptsError]. Replicas remember nothing between calls
// and are safe for concurrent use if their links are.
type Replicas struct {
	links []Provider
	err   error
}

// NewReplicas returns Replicas of p in order of preference. Calls on Replicas of
// nothing or with a nil replica fail with ErrInvalid. Each replica gets
// [DefaultTimeout] for a call unless it was opened with its own.
func NewReplicas(p ...Provider) *Replicas {
	links, err := asLinks("replicas", p)
	return &Replicas{links: links, err: err}
}

var (
	_ ManyGetter    = (*Replicas)(nil)
	_ VersionGetter = (*Replicas)(nil)
	_ Lister        = (*Replicas)(nil)
	_ Checker       = (*Replicas)(nil)
)

// String joins the replicas' redacted URIs with bars.
func (r *Replicas) String() string { return joinSources(r.links, "|") }

// Get returns the secret from the first replica that can be reached.
func (r *Replicas) Get(ctx context.Context, name string) (Secret, error) {
	return walk(ctx, r.err, "get", name, r.links, passesReplicas, func(p Provider) (Secret, error) {
		return p.Get(ctx, name)
	})
}

// GetVersion returns a version from the first replica that can be reached.
func (r *Replicas) GetVersion(ctx context.Context, name, version string) (Secret, error) {
	return walk(ctx, r.err, "get version", name, r.links, passesReplicas, func(p Provider) (Secret, error) {
		return GetVersion(ctx, p, name, version)
	})
}

// GetMany asks the first replica for all names, and each next one for those that
// could not be read: one batch a replica.
func (r *Replicas) GetMany(ctx context.Context, names []string) ([]Result, error) {
	return walkMany(ctx, r.err, names, r.links, passesReplicas)
}

func passesReplicas(err error) bool {
	class := ClassOf(err)
	return errors.Is(class, ErrUnavailable) || errors.Is(class, ErrThrottled) || passed(err)
}

// List yields the names of the first replica that can be reached. A replica that
// fails after its first name ends the list with the error.
func (r *Replicas) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if r.err != nil {
			yield(Info{}, r.err)
			return
		}
		var attempts []Attempt
		for i, l := range r.links {
			if i > 0 && ctx.Err() != nil {
				yield(Info{}, interrupted(ctx, "list", ""))
				return
			}
			err := listReplica(ctx, l, prefix, yield)
			if err == nil {
				return
			}
			attempts = append(attempts, Attempt{Source: sourceOf(l), Err: err})
		}
		yield(Info{}, exhausted("list", "", attempts))
	}
}

// listReplica lists one replica. It returns an error, which it did not yield,
// when the next replica may be asked: before the first name.
func listReplica(ctx context.Context, l Provider, prefix string, yield func(Info, error) bool) error {
	begun := false
	for info, err := range List(ctx, l, prefix) {
		if err != nil && !begun && passesReplicas(err) {
			return err
		}
		begun = true
		if !yield(info, err) || err != nil {
			return nil
		}
	}
	return nil
}

// Check checks every replica and joins what fails.
func (r *Replicas) Check(ctx context.Context) error { return checkAll(ctx, r.err, r.links) }

// Close closes every replica and joins what fails.
func (r *Replicas) Close() error { return closeAll(r.links) }
