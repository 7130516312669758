package secretmux_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

const valueCanary = "canary-5309"

// busy drives a store through every kind of event.
func busy(t *testing.T, opts secretmux.Options, log *eventLog) {
	t.Helper()
	empty, m, f := memory.New(nil), memory.New(map[string]string{"a": valueCanary}), faults.New(faults.Options{})
	var refuse atomic.Bool
	opts.TTL, opts.MaxStale, opts.Jitter = 100*time.Second, time.Hour, -1
	opts.Validate = func(_ context.Context, r secretmux.Rotation) error {
		if refuse.Load() {
			return errors.New("refused " + r.New.Reveal())
		}
		return nil
	}
	if log != nil {
		opts.Observer = log.Add
	}
	s, err := secretmux.New(chainOf(&counted{Provider: empty}, f.Wrap(m)), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	get := func() { _, _ = s.Get(t.Context(), "a") }
	get()
	fails := true
	s.OnRotate("a", func(_ context.Context, r secretmux.Rotation) error {
		if fails {
			fails = false
			return errors.New("could not use " + r.New.Reveal())
		}
		panic(r.New.Reveal())
	})
	synctest.Wait()
	m.Set("a", valueCanary+"2")
	_ = s.Refresh(t.Context(), "a")
	time.Sleep(time.Minute)
	refuse.Store(true)
	m.Set("a", valueCanary+"3")
	_ = s.Refresh(t.Context(), "a")
	refuse.Store(false)
	time.Sleep(5 * time.Minute)
	f.Inject(faults.Always(faults.Step{Err: fmt.Errorf("%w: a backend that quotes", secretmux.ErrUnavailable)}))
	time.Sleep(5 * time.Minute)
	get()
	_, _ = s.Get(t.Context(), "b")
	s.Expect("../"+valueCanary, "7", 0)
	synctest.Wait()
}

func TestObserverSeesEveryKindOfEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &eventLog{}
		busy(t, secretmux.Options{}, log)
		if text := fmt.Sprintf("%+v %#v", log.All, log.All); strings.Contains(text, valueCanary) {
			t.Errorf("an event holds a value: %s", text)
		}
		for kind, ok := range map[secretmux.EventKind]func(secretmux.Event) bool{
			secretmux.EventLoad: func(e secretmux.Event) bool {
				return e.Ref == "a" && e.Source == "memory:" && e.Version == "1" && !e.Failed && e.Class == nil
			},
			secretmux.EventFallback: func(e secretmux.Event) bool {
				return e.Ref == "a" && e.Source == "test:" && errors.Is(e.Class, secretmux.ErrNotFound) && e.Failed
			},
			secretmux.EventRefresh: func(e secretmux.Event) bool { return e.Ref == "a" && e.Version == "2" && !e.Failed },
			secretmux.EventRotation: func(e secretmux.Event) bool {
				return e.Ref == "a" && e.Source == "memory:" && e.Version == "2"
			},
			secretmux.EventCallback: func(e secretmux.Event) bool { return e.Ref == "a" && e.Failed && e.Attempt == 1 && e.Source != "" },
			secretmux.EventRetry:    func(e secretmux.Event) bool { return e.Ref == "a" && e.Delay > 0 && e.Attempt == 1 },
			secretmux.EventRefusal: func(e secretmux.Event) bool {
				return errors.Is(e.Class, secretmux.ErrRefused) && e.Attempt == 1 && e.Source != ""
			},
			secretmux.EventStale: func(e secretmux.Event) bool {
				return e.Ref == "a" && e.Version == "3" && errors.Is(e.Class, secretmux.ErrUnavailable)
			},
		} {
			events := log.Take(kind)
			if len(events) == 0 || !ok(events[0]) {
				t.Errorf("%s events are %+v", kind, events)
			}
		}
		if len(log.All) != 0 {
			t.Errorf("events of another kind: %+v", log.All)
		}
	})
}

func TestEventDuration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
		r.Faults.Inject(faults.Always(faults.Step{Latency: 3 * time.Second}))
		r.Want("a", "1")
		synctest.Wait()
		if events := r.Events.Take(secretmux.EventLoad); len(events) != 1 || events[0].Duration != 3*time.Second {
			t.Errorf("load events are %+v, want one of 3s", events)
		}
	})
}

func TestObserverThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		r := newRig(t, secretmux.Options{
			TTL: time.Minute, Observer: func(secretmux.Event) { panic(valueCanary) },
			Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		}, map[string]string{"a": "1"})
		r.Want("a", "1")
		r.LiveOf("a")
		r.Memory.Set("a", "2")
		r.Pass(time.Minute)
		r.Want("a", "2")
		if !strings.Contains(log.String(), "rotation") || strings.Contains(log.String(), valueCanary) {
			t.Errorf("the log is %s", log.String())
		}
	})
}

func TestLoggerHasNamesAndNeverValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		busy(t, secretmux.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}, nil)
		text := log.String()
		if strings.Contains(text, valueCanary) || strings.Contains(text, "quotes") || strings.Contains(text, "could not use") {
			t.Errorf("the log holds a value or the text of others' errors:\n%s", text)
		}
		for _, want := range []string{
			`level=DEBUG msg="secretmux: load" ref=a source=memory: version=1`,
			`level=DEBUG msg="secretmux: fallback" ref=a source=test: version="" class="not found"`,
			`level=INFO msg="secretmux: rotation" ref=a source=memory: version=2`,
			`level=WARN msg="secretmux: refusal" ref=a`,
			`class=refused`,
			`level=WARN msg="secretmux: callback" ref=a`,
			`level=WARN msg="secretmux: stale" ref=a source=memory: version=3 class=unavailable attempt=`,
			`level=WARN msg="secretmux: retry" ref=a`,
			`delay=`,
			`level=WARN msg="secretmux: Expect was ignored"`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the log lacks %q:\n%s", want, text)
			}
		}
	})
}

// Passing over a link that failed is worth a warning, unlike one that lacks the name.
func TestLoggerWarnsOfAFallbackAfterAFailure(t *testing.T) {
	var log bytes.Buffer
	f := faults.New(faults.Options{Rules: []faults.Rule{faults.Always(faults.Step{Err: secretmux.ErrDenied})}})
	m := memory.New(map[string]string{"a": "1"})
	s, err := secretmux.New(chainOf(secretmux.ContinueOn(f.Wrap(m), secretmux.ErrDenied), m),
		secretmux.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), `level=WARN msg="secretmux: fallback" ref=a source=memory: version="" class=denied`) {
		t.Errorf("the log is %s", log.String())
	}
}
