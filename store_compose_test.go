package secretmux_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

// A store that is a link keeps its cache, its batches and its failures.
func TestStoreAsALink(t *testing.T) {
	first := newRig(t, secretmux.Options{}, map[string]string{"a": "first"})
	second := newRig(t, secretmux.Options{}, map[string]string{"a": "second", "b": "second", "c": "second"})
	chain := chainOf(first.Store, second.Store)
	for range 3 {
		results := getMany(t.Context(), chain, "a", "b", "c", "absent")
		for i, want := range []string{"first", "second", "second", ""} {
			if got := results[i].Secret.Reveal(); got != want {
				t.Errorf("%s = %q, %v; want %q", results[i].Name, got, results[i].Err, want)
			}
		}
		if err := results[3].Err; !errors.Is(err, secretmux.ErrNotFound) {
			t.Errorf("absent failed with %v, want ErrNotFound", err)
		}
	}
	first.WantCalls(1)
	second.WantCalls(1)
	if first.Backend.Batches.Load() != 1 || second.Backend.Batches.Load() != 1 {
		t.Error("a chain of stores did not read as batches")
	}

	first.Fail(secretmux.ErrDenied)
	if err := first.Refresh(t.Context(), "a"); !errors.Is(err, secretmux.ErrDenied) {
		t.Fatal(err)
	}
	if got, err := chain.Get(t.Context(), "a"); !errors.Is(err, secretmux.ErrDenied) || !got.IsZero() {
		t.Errorf("a chain over a store that is denied answered %q, %v; want ErrDenied", got.Reveal(), err)
	}
}

// A version that the first link lacks is not the next link's version of that id.
func TestStoreAsALinkStopsAtAMissingVersion(t *testing.T) {
	first := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
	second := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
	second.Memory.Set("a", "2")
	chain := chainOf(first.Store, second.Store)
	for range 2 { // the second from what is remembered
		if got, err := chain.GetVersion(t.Context(), "a", "2"); !errors.Is(err, secretmux.ErrNotFound) {
			t.Errorf("GetVersion answered %q, %v; want ErrNotFound", got.Reveal(), err)
		}
	}
	if got, err := chain.GetVersion(t.Context(), "a", "1"); err != nil || got.Reveal() != "1" {
		t.Errorf("GetVersion = %q, %v", got.Reveal(), err)
	}
}

func TestStoreOfAStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute, MaxStale: time.Hour}, map[string]string{"a": "1"})
		inner := r.Store
		outer, err := secretmux.New(chainOf(inner), secretmux.Options{TTL: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		r.Store = outer
		var told told
		r.OnRotate("a", told.Call)
		synctest.Wait()
		r.Want("a", "1")
		r.WantCalls(1)
		r.Memory.Set("a", "2")
		r.Pass(2 * time.Minute)
		r.Want("a", "2")
		told.Want(t, "1>2")

		r.Fail(secretmux.ErrUnavailable)
		r.Pass(10 * time.Minute)
		r.Want("a", "2")
		r.Faults.Heal()
		if err := r.Check(t.Context()); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("Check of the outer store = %v, want it to tell that the inner one serves stale values", err)
		}
		if err := outer.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := inner.Get(t.Context(), "a"); !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("the inner store is not closed: %v", err)
		}
		if n := r.Backend.Closes.Load(); n != 1 {
			t.Errorf("the provider was closed %d times, want once", n)
		}
	})
}

func TestStoreListAndString(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"app/a": "1", "app/b": "2", "other": "3"})
	var names []string
	for info, err := range r.List(t.Context(), "app/") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"app/a", "app/b"}) {
		t.Errorf("List yields %q", names)
	}
	for range r.List(t.Context(), "") {
		break // an iterator that went on would panic
	}
	r.WantCalls(0)
	if got := r.String(); got != "test:" {
		t.Errorf("String = %q", got)
	}
	r.Reopen("memory:?prefix=app/&ttl=1m|memory:,memory:?prefix=x/", secretmux.Options{})
	if got := r.String(); got != "memory:?prefix=app%2F&ttl=1m|memory:,memory:?prefix=x%2F" {
		t.Errorf("String = %q", got)
	}
	if len(r.Status()) != 0 {
		t.Error("List left something in the cache")
	}
}

// Secrets that fall due together are read together, those with a version apart.
func TestStoreBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute, Jitter: -1}, map[string]string{"a": "1", "b": "2", "c": "3"})
		got, err := r.GetAll(t.Context(), "a", "b", "c", "c?version=1")
		if err != nil || len(got) != 4 {
			t.Fatalf("GetMany returned %d secrets, %v", len(got), err)
		}
		r.WantCalls(2)
		for _, ref := range []string{"a", "b", "c"} {
			r.OnRotate(ref, new(told).Call)
		}
		r.Pass(55 * time.Second)
		r.WantCalls(1)
		if r.Backend.Batches.Load() != 2 {
			t.Errorf("%d batches, want the first read and the refresh", r.Backend.Batches.Load())
		}
	})
}
