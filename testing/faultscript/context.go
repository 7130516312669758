package faultscript

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/secretmux/secretmux"
)

// tryCancel cancels a read once it has reached the backend. It reads through a link,
// because a store would return at once and leave the provider's call running.
func (r Row) tryCancel(ctx context.Context, s *Subject) []string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done, ended := make(chan error, 1), make(chan struct{})
	// The link abandons a call that does not stop. This tests that the provider's own
	// call ends.
	link := linkOf(secretmux.ProviderFunc(func(ctx context.Context, name string) (secretmux.Secret, error) {
		defer close(ended)
		return s.Provider.Get(ctx, name)
	}))
	go func() {
		_, err := link.Get(ctx, s.name())
		done <- err
	}()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(s.slack())
	defer limit.Stop()
	for s.Calls() == 0 {
		select {
		case <-tick.C:
		case err := <-done:
			return append(r.leak(err), "Get returned before anything was cancelled")
		case <-limit.C:
			return []string{"no call reached the backend"}
		}
	}
	cancel()
	select {
	case <-ended:
		return append(r.cancelled(<-done), r.count(s)...)
	case <-limit.C:
		return []string{"Get still runs long after its caller cancelled"}
	}
}

func (r Row) cancelled(err error) []string {
	if leak := r.leak(err); leak != nil {
		return leak
	}
	if !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
		return []string{"the error is not the error of the caller who cancelled, or it has a class"}
	}
	return nil
}

func (r Row) leak(err error) []string {
	if leak := leakIn(err); leak != "" {
		return []string{leak}
	}
	return nil
}

// tryBackwards reads twice. The provider must report the backend's answer. A store
// ignores the older version if it can see which one is older.
func (r Row) tryBackwards(ctx context.Context, s *Subject) []string {
	chain := linkOf(s.Provider)
	newer, err := chain.Get(ctx, s.name())
	if err == nil {
		var older secretmux.Secret
		if older, err = chain.Get(ctx, s.name()); err == nil {
			return append(tellsApart(newer, older), r.count(s)...)
		}
	}
	return append(r.leak(err), "a read of a version failed, want it to succeed")
}

func tellsApart(newer, older secretmux.Secret) []string {
	if newer.Version() == "" || newer.Version() == older.Version() {
		return []string{"the two versions have the same id or none"}
	}
	a, b := older.Created(), newer.Created()
	if !a.IsZero() && !b.IsZero() && !a.Equal(b) {
		if a.Before(b) {
			return nil
		}
		return []string{"the older version says that it was made after the newer one"}
	}
	v, errV := strconv.ParseUint(older.Version(), 10, 64)
	w, errW := strconv.ParseUint(newer.Version(), 10, 64)
	if errV != nil || errW != nil || v >= w {
		return []string{"neither Created nor numeric versions say which one is older"}
	}
	return nil
}

// linkOf returns p in a link without the second try.
func linkOf(p secretmux.Provider) secretmux.Provider { return secretmux.ContinueOn(kept{p}) }
