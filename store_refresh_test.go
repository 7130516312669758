package secretmux_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faults"
)

func TestStoreRefreshReadsNow(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": "1", "doc": `{"k":"old"}`})
	r.Want("a", "1")
	r.Want("doc#k", "old")
	r.Memory.Set("a", "2")
	r.Memory.Set("doc", `{"k":"new"}`)
	r.Want("a", "1")
	r.WantCalls(2)
	if err := r.Refresh(t.Context(), "a", "doc#k", "doc"); err != nil {
		t.Fatal(err)
	}
	r.WantCalls(1)
	r.Want("a", "2")
	r.Want("doc#k", "new")
	r.WantCalls(0)
}

// A load that began before the change must not satisfy a Refresh that began after.
func TestStoreRefreshDoesNotJoinAnEarlierRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
		old, err := r.Memory.Get(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		r.Faults.Inject(faults.Sequence(
			faults.Step{Latency: 5 * time.Second, Secret: old}, // the reader's, answered late and with the past
			faults.Step{Latency: time.Second},
		))
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = r.Get(t.Context(), "a") })
		synctest.Wait()
		r.Memory.Set("a", "2")
		if err := r.Refresh(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		r.Want("a", "2")
		wg.Wait()
		r.Want("a", "2")
		r.WantCalls(2)
	})
}

func TestStoreRefreshesThatWaitTogetherShareOneRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
		r.Faults.Inject(faults.Always(faults.Step{Latency: time.Second}))
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if err := r.Refresh(t.Context(), "a"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if calls := r.Backend.Calls.Load(); calls > 2 {
			t.Errorf("100 Refreshes made %d calls, want at most 2", calls)
		}
	})
}

func TestStoreRefreshReportsEachReference(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": "1", "off": "x", "doc": document})
	r.Memory.Disable("off")
	err := r.Refresh(t.Context(), "a", "absent", "off", "doc#nope", "../canary")
	for ref, class := range map[string]error{
		"absent": secretmux.ErrNotFound, "off": secretmux.ErrDisabled, "doc#nope": secretmux.ErrFieldNotFound, "../canary": secretmux.ErrInvalid,
	} {
		if !errors.Is(failedOf(t, err)[ref], class) {
			t.Errorf("Refresh failed with %v, want it to tell of %v", err, class)
		}
	}
	conformance.NoLeak(t, err, "canary")
	for _, ref := range []string{`"absent"`, `"off"`, `"doc#nope"`} {
		if !strings.Contains(err.Error(), ref) {
			t.Errorf("Refresh failed with %v, want it to name %s", err, ref)
		}
	}
	r.Want("a", "1")
	if err := r.Refresh(t.Context()); err != nil {
		t.Errorf("Refresh of nothing failed with %v", err)
	}
}

// While stale values are served, Refresh says that the backend is down.
func TestStoreRefreshDoesNotPassStaleForFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute, MaxStale: time.Hour}, map[string]string{"a": "1"})
		r.Want("a", "1")
		r.Fail(secretmux.ErrUnavailable)
		r.Pass(2 * time.Minute)
		r.Want("a", "1")
		if err := r.Refresh(t.Context(), "a"); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("Refresh failed with %v, want ErrUnavailable", err)
		}
		r.Want("a", "1")
		r.Faults.Heal()
		r.Memory.Set("a", "2")
		if err := r.Refresh(t.Context(), "a"); err != nil {
			t.Errorf("Refresh right after a failure: %v; it must not wait for the back-off", err)
		}
		r.Want("a", "2")
	})
}

func TestStoreRefreshObeysItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
		r.Faults.Inject(faults.Always(faults.Step{Latency: 5 * time.Second}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Refresh(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) || secretmux.ClassOf(err) != nil {
			t.Errorf("Refresh failed with %v, want context.DeadlineExceeded and no class", err)
		}
		r.Pass(5 * time.Second)
		r.Want("a", "1")
		r.WantCalls(1)
	})
}

func TestStoreInvalidateDropsTheWholeSecret(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"db": `{"user":"ann","pass":"1"}`, "other": "o"})
	refresh := func() {
		t.Helper()
		r.Want("db#user", "ann")
		r.Want("other", "o")
		r.Backend.Calls.Store(0)
	}
	// Also through a reference that was not read yet.
	for _, ref := range []string{"db", "db#user", "db#pass", "db?version=current", "db?version=current#pass"} {
		refresh()
		r.Invalidate(ref, ref)
		r.Want("db#user", "ann")
		r.Want("other", "o")
		r.WantCalls(1)
	}
	refresh()
	r.Invalidate("absent", "db?version=1", "../db")
	r.Want("db#user", "ann")
	r.WantCalls(0)
}

// Fields of one secret are one read, however many are invalidated.
func TestStoreInvalidateReadsWatchedSecretsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"db": `{"user":"ann","pass":"1"}`})
		live, err := r.Watch(t.Context(), "db#pass")
		if err != nil {
			t.Fatal(err)
		}
		var told told
		r.OnRotate("db#user", told.Call)
		r.WantCalls(1)
		r.Memory.Set("db", `{"user":"bob","pass":"2"}`)
		r.Invalidate("db#user", "db#pass", "db", "db")
		synctest.Wait()
		r.WantCalls(1)
		if got := live.Current().Reveal(); got != "2" {
			t.Errorf("Current = %q after Invalidate, want 2", got)
		}
		told.Want(t, "ann>bob")
	})
}

// A read that was under way must not bring back what Invalidate dropped.
func TestStoreInvalidateOvertakesAReadUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
		old, err := r.Memory.Get(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		r.Faults.Inject(faults.Sequence(faults.Step{Latency: 5 * time.Second, Secret: old}))
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := r.Get(t.Context(), "a"); err != nil { // either value is an answer
				t.Error(err)
			}
		})
		synctest.Wait()
		r.Memory.Set("a", "2")
		r.Invalidate("a")
		r.Want("a", "2")
		wg.Wait()
		r.Want("a", "2")
		r.WantCalls(2)
	})
}
