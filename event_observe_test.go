package secretmux_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

func TestObserveAtRunTime(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": "1", "b": "2", "c": "3"})
	var first, second eventLog
	stop := r.Observe(first.Add)
	stopPanic := r.Observe(func(secretmux.Event) { panic("an observer's mistake") })
	stopNil := r.Observe(nil)
	r.Want("a", "1")
	stopSecond := r.Observe(second.Add)
	r.Want("b", "2")
	waitFor(t, func() bool { return len(second.Refs()) == 1 })
	stop()
	stop()
	stopPanic()
	stopNil()
	r.Want("c", "3")
	waitFor(t, func() bool { return len(second.Refs()) == 2 })
	stopSecond()
	if got := first.Refs(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("the first heard of %q", got)
	}
	if got := second.Refs(); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("the second heard of %q", got)
	}
	if got := r.Events.Refs(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("Options.Observer heard of %q", got)
	}
}

// waitFor waits for an event, which is told after the reader was let go.
func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("it did not come")
		}
	}
}

func TestAppearedGoneRecovered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute, MaxStale: time.Hour, Jitter: -1}, map[string]string{"a": "1"})
		var calls told
		r.OnRotate("a", calls.Call)
		r.OnRotate("late", calls.Call)
		synctest.Wait()
		if got := r.Events.Take(secretmux.EventGone); len(got) != 1 || got[0].Ref != "late" || !errors.Is(got[0].Class, secretmux.ErrNotFound) {
			t.Errorf("gone: %+v, want that late is absent", got)
		}
		r.Memory.Set("late", "x")
		r.Pass(2 * time.Minute)
		if got := r.Events.Take(secretmux.EventAppeared); len(got) != 1 || got[0].Ref != "late" {
			t.Errorf("appeared: %+v", got)
		}
		r.Memory.Delete("a")
		r.Pass(3 * time.Minute)
		if got := r.Events.Take(secretmux.EventGone); len(got) != 1 || got[0].Ref != "a" || !got[0].Failed {
			t.Errorf("gone: %+v, want a once", got)
		}
		r.Memory.Set("a", "2")
		r.Pass(2 * time.Minute)
		if got := r.Events.Take(secretmux.EventAppeared); len(got) != 1 || got[0].Ref != "a" {
			t.Errorf("appeared: %+v", got)
		}
		r.Fail(secretmux.ErrUnavailable)
		r.Pass(5 * time.Minute)
		r.Faults.Heal()
		r.Pass(2 * time.Minute)
		recovered := r.Events.Take(secretmux.EventRecovered)
		if len(recovered) != 2 || recovered[0].Attempt < 2 {
			t.Errorf("recovered: %+v, want both secrets, with the failures counted", recovered)
		}
	})
}

type readLog struct {
	mu   sync.Mutex
	all  []secretmux.Read
	ctxs []context.Context
}

func (l *readLog) add(ctx context.Context, r secretmux.Read) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all, l.ctxs = append(l.all, r), append(l.ctxs, ctx)
}

func (l *readLog) take() []secretmux.Read {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.all
	l.all = nil
	return all
}

func TestOnRead(t *testing.T) {
	var (
		log  readLog
		live *secretmux.Live
	)
	r := newRig(t, secretmux.Options{OnRead: log.add}, map[string]string{"a": "1", "db": document, "off": "x"})
	r.Memory.Disable("off")
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "the caller's")
	one := secretmux.Read{Ref: "a", Source: "test:", Version: "1"}
	cached := one
	cached.Cached = true
	for _, step := range []struct {
		what string
		call func()
		want []secretmux.Read
	}{
		{"a first Get", func() { _, _ = r.Get(ctx, "a") }, []secretmux.Read{one}},
		{"a cached Get", func() { _, _ = r.Get(ctx, "a") }, []secretmux.Read{cached}},
		{"a field", func() { _, _ = r.Get(ctx, "db#user") }, []secretmux.Read{{Ref: "db#user", Source: "test:", Version: "1"}}},
		{"a field it lacks", func() { _, _ = r.Get(ctx, "db#nope") }, []secretmux.Read{{Ref: "db#nope", Source: "test:", Class: secretmux.ErrNotFound, Cached: true}}},
		{"one that fails", func() { _, _ = r.Get(ctx, "off") }, []secretmux.Read{{Ref: "off", Source: "test:", Class: secretmux.ErrDisabled}}},
		{"again, remembered", func() { _, _ = r.Get(ctx, "off") }, []secretmux.Read{{Ref: "off", Source: "test:", Class: secretmux.ErrDisabled, Cached: true}}},
		{"a malformed one", func() { _, _ = r.Get(ctx, "../"+canary) }, []secretmux.Read{{Class: secretmux.ErrInvalid}}},
		{"GetMany, twice the same", func() { _, _ = r.GetMany(ctx, []string{"a", "a"}) }, []secretmux.Read{cached, cached}},
		{"GetAll", func() { _, _ = r.GetAll(ctx, "a") }, []secretmux.Read{cached}},
		{"GetVersion", func() { _, _ = r.GetVersion(ctx, "a", "1") }, []secretmux.Read{{Ref: "a?version=1", Source: "test:", Version: "1"}}},
		{"Preload", func() { _ = r.Preload(ctx, "a") }, []secretmux.Read{cached}},
		{"Watch", func() { live = must(r.Watch(ctx, "a")) }, []secretmux.Read{cached}},
		{"Live.Current, which has no ctx", func() { _ = live.Current() }, nil},
		{"Refresh, which hands out no value", func() { _ = r.Refresh(ctx, "a") }, nil},
	} {
		step.call()
		if got := log.take(); !slices.Equal(got, step.want) {
			t.Errorf("%s tells %+v, want %+v", step.what, got, step.want)
		}
	}
	for _, ctx := range log.ctxs {
		if ctx.Value(key{}) != "the caller's" {
			t.Error("it was told without the caller's ctx")
		}
	}
}

// A panic in OnRead fails no read, and the ctx of a reader who left is still told.
func TestOnReadThatPanics(t *testing.T) {
	r := newRig(t, secretmux.Options{OnRead: func(context.Context, secretmux.Read) { panic("a mistake") }}, map[string]string{"a": "1"})
	r.Want("a", "1")
	r.Want("a", "1")
	if _, err := r.GetAll(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

func TestACallbackThatRunsOnIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{CallbackTimeout: time.Minute}, map[string]string{"a": "1"})
		release, ended := make(chan struct{}), make(chan error, 1)
		r.OnRotate("a", func(ctx context.Context, _ secretmux.Rotation) error {
			<-ctx.Done()
			ended <- ctx.Err()
			<-release
			return nil
		})
		synctest.Wait()
		start := time.Now()
		r.Set("a", "2")
		r.Pass(30 * time.Second)
		st := r.StateOf("a")
		if len(st.Running) != 1 || st.Running[0].Ref != "a" || !st.Running[0].Since.Equal(start) {
			t.Errorf("Running is %+v", st.Running)
		}
		if err := r.Check(t.Context()); err != nil {
			t.Errorf("Check within the time = %v", err)
		}
		r.Pass(time.Minute)
		if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the callback's ctx ended with %v", err)
		}
		if err := r.Check(t.Context()); err == nil {
			t.Error("Check tells nothing of a callback that ignores its context")
		}
		close(release)
		synctest.Wait()
		if err := r.Check(t.Context()); err != nil {
			t.Errorf("Check afterwards = %v", err)
		}
	})
}

// A read that Preload repeats, and one that fails before any look at the cache, are
// told once too.
func TestOnReadIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log readLog
		r := newRig(t, secretmux.Options{OnRead: log.add}, map[string]string{"a": "1"})
		r.Faults.Inject(faults.Always(faults.Step{Err: &secretmux.Error{Class: secretmux.ErrUnavailable}}))
		_ = r.Preload(t.Context(), "a")
		if got := log.take(); len(got) != 1 || !errors.Is(got[0].Class, secretmux.ErrUnavailable) {
			t.Errorf("Preload tells %+v", got)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_, _ = r.GetMany(ended, []string{"a", "b"})
		_, _ = r.GetVersion(t.Context(), "../"+canary, "1")
		_, _ = r.GetVersion(t.Context(), "a", "\x00"+canary)
		if got := log.take(); !slices.Equal(got, []secretmux.Read{{Ref: "a"}, {Ref: "b"}, {Class: secretmux.ErrInvalid}, {Class: secretmux.ErrInvalid}}) {
			t.Errorf("reads that fail at once: %+v", got)
		}
		_ = r.Close()
		_, _ = r.GetMany(t.Context(), []string{"a"})
		if got := log.take(); !slices.Equal(got, []secretmux.Read{{Ref: "a", Class: secretmux.ErrClosed}}) {
			t.Errorf("a closed store tells %+v", got)
		}
	})
}
