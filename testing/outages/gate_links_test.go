package outages_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

// A composition inside ContinueOn may have several links. A link that is down or
// throttles must not block the others, because the outer composition would then skip a
// healthy link.
func TestAWrappedChainIsNotHeldBackByOneOfItsLinks(t *testing.T) {
	for _, class := range []error{secretmux.ErrUnavailable, secretmux.ErrThrottled} {
		t.Run(class.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				down := rigs.Failing("", class)
				inner := rigs.Must(secretmux.Open(t.Context(), "down:?only=db/*,up:", rigs.Answers("down", down, nil), rigs.Answers("up", rigs.Has("", "plain", "right", "other", "right"), nil)))
				defer func() { _ = inner.Close() }()
				c := rigs.ChainOf(secretmux.ContinueOn(inner, class), rigs.Has("weak:", "plain", "wrong", "other", "wrong"))
				for range 5 {
					rigs.WantClass(t, class)(c.Get(t.Context(), "db/a"))
				}
				rigs.GetMany(t.Context(), c, "db/b", "db/c")
				for range 5 {
					rigs.WantClass(t, class)(c.Get(t.Context(), "db/a"))
				}
				rigs.WantSecret(t, "right")(c.Get(t.Context(), "plain"))
				for _, r := range rigs.GetMany(t.Context(), c, "plain", "other") {
					rigs.WantSecret(t, "right")(r.Secret, r.Err)
				}
			})
		})
	}
}

// A batch call may report an outage for each name, like one that reads them one by one.
// It is an outage too.
func TestABatchWhoseNamesAllFailIsAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		down := rigs.ManyFunc(func(names []string) ([]secretmux.Result, error) {
			calls.Add(1)
			results := make([]secretmux.Result, len(names))
			for i, name := range names {
				results[i] = secretmux.Result{Name: name, Err: &secretmux.Error{Class: secretmux.ErrUnavailable}}
			}
			return results, nil
		})
		c := rigs.ChainOf(down)
		for range 100 {
			for _, r := range rigs.GetMany(t.Context(), c, "a", "b") {
				rigs.WantClass(t, secretmux.ErrUnavailable)(r.Secret, r.Err)
			}
		}
		if n := calls.Load(); n > 6 { // three reads and their second tries
			t.Errorf("%d calls of a backend that is down", n)
		}
	})
}

// What a provider can't do shows nothing of its backend.
func TestUnsupportedDoesNotOpenTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := rigs.Failing("down:", secretmux.ErrUnavailable)
		c := rigs.ChainOf(rigs.Plain(down))
		for range 50 {
			rigs.WantClass(t, secretmux.ErrUnavailable)(c.Get(t.Context(), "a"))
			for _, err := range c.List(t.Context(), "") {
				if !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, secretmux.ErrUnavailable) {
					t.Fatal(err)
				}
			}
		}
		if n := down.Gets.Load(); n > 10 {
			t.Errorf("%d calls of a backend that is down", n)
		}
	})
}

// While a batch hangs, names that were not in it are read singly at once.
func TestABatchThatHangsHoldsUpNoOtherNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeaf("a", "1", "b", "2", "c", "3")
		d.hang("stuck")
		defer close(d.release)
		c := rigs.ChainOf(secretmux.ContinueOn(d))
		rigs.GetMany(t.Context(), c, "a", "stuck")
		for _, r := range rigs.GetMany(t.Context(), c, "b", "c") {
			rigs.WantSecret(t, d.Values[r.Name])(r.Secret, r.Err)
		}
	})
}

// A name of an abandoned batch takes part in batches again after any answer, even
// if it is absent.
func TestAnAbsentNameRejoinsBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeaf("c", "3")
		d.hang("a")
		c := rigs.ChainOf(secretmux.ContinueOn(d))
		rigs.GetMany(t.Context(), c, "a", "b")
		close(d.release)
		synctest.Wait()
		rigs.GetMany(t.Context(), c, "a", "b") // singly
		d.Gets.Store(0)
		for _, r := range rigs.GetMany(t.Context(), c, "a", "b") {
			rigs.WantClass(t, secretmux.ErrNotFound)(r.Secret, r.Err)
		}
		if n := d.Gets.Load(); n != 0 {
			t.Errorf("%d single reads, want one batch", n)
		}
	})
}

// The last replica that is asked has the second try, even in a batch.
func TestTheLastReplicaAskedTriesABatchAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		f := rigs.ManyFunc(func(names []string) ([]secretmux.Result, error) {
			if calls++; calls == 1 {
				return nil, &secretmux.Error{Class: secretmux.ErrUnavailable}
			}
			return rigs.Has("", "a", "1", "b", "1").GetMany(t.Context(), names)
		})
		s := rigs.Must(secretmux.Open(t.Context(), "f:|x:?only=other", rigs.Answers("f", f, nil), rigs.Answers("x", rigs.Has(""), nil)))
		defer func() { _ = s.Close() }()
		for _, r := range rigs.GetMany(t.Context(), s, "a", "b") {
			rigs.WantSecret(t, "1")(r.Secret, r.Err)
		}
	})
}
