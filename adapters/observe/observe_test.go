package observe_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/observe"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

const canary = "Gv4mYs9xLq1wPd6h"

func TestMulti(t *testing.T) {
	var got []string
	add := func(who string) secretmux.Observer {
		return func(e secretmux.Event) { got = append(got, who+" "+string(e.Kind)) }
	}
	all := []secretmux.Observer{add("a"), nil, func(secretmux.Event) { panic("a mistake") }, add("b")}
	o := observe.Multi(all...)
	all[0] = nil
	o(secretmux.Event{Kind: secretmux.EventLoad})
	if strings.Join(got, ", ") != "a load, b load" {
		t.Errorf("%q", got)
	}
	observe.Multi()(secretmux.Event{})
}

// Every kind of event is one record, and none holds a value.
func TestTrailsOfALife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		var events atomic.Int64 // an Observer may be called by several at once
		m, f := memory.New(map[string]string{"a": canary}), faults.New(faults.Options{})
		s, err := secretmux.New(f.Wrap(m), secretmux.Options{
			TTL: time.Minute, MaxStale: time.Hour, OnRead: observe.Reads(l),
			Observer: observe.Multi(observe.Audit(l, observe.AuditOptions{}), func(secretmux.Event) { events.Add(1) }),
			Validate: func(_ context.Context, r secretmux.Rotation) error {
				if strings.HasSuffix(r.New.Reveal(), "bad") {
					return fmt.Errorf("refused %s", r.New.Reveal())
				}
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		if _, err := s.Watch(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		_, _ = s.Get(t.Context(), "../"+canary)
		_, _ = s.Get(t.Context(), "absent")
		for _, value := range []string{canary + "2", canary + "bad", canary + "3"} {
			m.Set("a", value)
			time.Sleep(2 * time.Minute)
		}
		f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
		time.Sleep(3 * time.Minute)
		f.Heal()
		time.Sleep(3 * time.Minute)
		_, _ = s.Get(t.Context(), "a")
		synctest.Wait()
		text := out.String()
		if n := strings.Count(text, `msg="secret event"`); int64(n) != events.Load() {
			t.Errorf("%d records for %d events", n, events.Load())
		}
		for _, want := range []string{
			"event=load ref=a source=memory: version=1 outcome=ok", "event=rotation", "event=refusal", "event=stale", "event=recovered",
			`outcome="not found"`, "outcome=unavailable", `msg="secret read" ref=a source=memory: version=4 outcome=ok cached=true`,
			`msg="secret read" ref="" source="" version="" outcome=invalid`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the trail lacks %q", want)
			}
		}
		if strings.Contains(text, canary) {
			t.Error("the trail holds a value")
		}
	})
}

type ctxKey struct{}

// whoHandler adds who asked from the context, as a service's own handler does.
type whoHandler struct{ slog.Handler }

func (h whoHandler) Handle(ctx context.Context, r slog.Record) error {
	if who, ok := ctx.Value(ctxKey{}).(string); ok {
		r.AddAttrs(slog.String("who", who))
	}
	return h.Handler.Handle(ctx, r)
}

func TestReadsPassTheCallersContext(t *testing.T) {
	var out bytes.Buffer
	l := slog.New(whoHandler{slog.NewTextHandler(&out, nil)})
	s, err := secretmux.New(memory.New(map[string]string{"a": canary}), secretmux.Options{OnRead: observe.Reads(l)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Get(context.WithValue(t.Context(), ctxKey{}, "alice"), "a"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "who=alice") {
		t.Errorf("%s", out.String())
	}
}

func TestAuditOptions(t *testing.T) {
	var out bytes.Buffer
	l := slog.New(slog.NewTextHandler(&out, nil))
	o := observe.Audit(l, observe.AuditOptions{Kinds: []secretmux.EventKind{secretmux.EventRotation, secretmux.EventRefusal}, Level: slog.LevelDebug})
	o(secretmux.Event{Kind: secretmux.EventLoad, Failed: true})
	o(secretmux.Event{Kind: secretmux.EventRotation}) // below the handler's level
	o(secretmux.Event{Kind: secretmux.EventRefusal, Failed: true})
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=WARN") || !strings.Contains(got, "outcome=failed") {
		t.Errorf("%s", got)
	}
	observe.Audit(nil, observe.AuditOptions{})(secretmux.Event{})
	observe.Reads(nil)(t.Context(), secretmux.Read{})
}

// discards is a handler that is on and writes nothing.
type discards struct{}

func (discards) Enabled(context.Context, slog.Level) bool  { return true }
func (discards) Handle(context.Context, slog.Record) error { return nil }
func (d discards) WithAttrs([]slog.Attr) slog.Handler      { return d }
func (d discards) WithGroup(string) slog.Handler           { return d }

func BenchmarkAudit(b *testing.B) {
	o := observe.Audit(slog.New(discards{}), observe.AuditOptions{})
	e := secretmux.Event{Kind: secretmux.EventRefresh, Ref: "db/password", Source: "memory:", Version: "7", Duration: time.Millisecond}
	b.ReportAllocs()
	for b.Loop() {
		o(e)
	}
}

func BenchmarkWarmGet(b *testing.B) {
	for name, opts := range map[string]secretmux.Options{
		"bare": {}, "audit": {Observer: observe.Audit(slog.New(discards{}), observe.AuditOptions{})},
	} {
		s, err := secretmux.New(memory.New(map[string]string{"a": "x"}), opts)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = s.Get(b.Context(), "a")
		_, _ = s.Get(b.Context(), "a")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Get(b.Context(), "a"); err != nil {
					b.Fatal(err)
				}
			}
		})
		_ = s.Close()
	}
}
