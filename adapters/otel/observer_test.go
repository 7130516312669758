package otelsecret_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"

	"github.com/secretmux/secretmux"
	otelsecret "github.com/secretmux/secretmux/adapters/otel"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// The store makes every kind of event, and the points are exact.
func TestPoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mp := newMeter(t)
		m, f := memory.New(map[string]string{"a": canary + "1", "b": canary}), faults.New(faults.Options{})
		opener := secretmux.Opener{
			Backends: []secretmux.Backend{f.Backend(m.Backend()), {"empty": func(context.Context, *secretmux.URI) (secretmux.Provider, error) { return memory.New(nil), nil }}},
			Options: secretmux.Options{
				TTL: time.Hour, MaxStale: 24 * time.Hour, Observer: must(otelsecret.Observer(mp, otelsecret.Options{Names: true})),
				Validate: func(_ context.Context, r secretmux.Rotation) error {
					if strings.HasSuffix(r.New.Reveal(), "bad") {
						return errors.New("no: " + r.New.Reveal())
					}
					return nil
				},
			},
		}
		s := must(opener.Open(t.Context(), "empty:,memory:"))
		defer func() { _ = s.Close() }()
		stop := must(otelsecret.Gauges(mp, s, otelsecret.Options{}))
		calls := 0
		_, _ = s.OnRotate("a", func(_ context.Context, r secretmux.Rotation) error {
			if calls++; calls == 1 {
				return errors.New(r.New.Reveal())
			}
			return nil
		})
		_, _ = s.Get(t.Context(), "b")    // load, after the OnRotate's refresh of a
		_, _ = s.Get(t.Context(), "gone") // load: not found
		synctest.Wait()
		m.Set("a", canary+"2")
		_ = s.Refresh(t.Context(), "a") // rotation; its callback fails
		synctest.Wait()
		m.Set("a", canary+"bad")
		_ = s.Refresh(t.Context(), "a") // refusal
		synctest.Wait()
		f.Inject(faults.Always(faults.Step{Err: secretmux.ErrDenied}, "denied"))
		_, _ = s.Get(t.Context(), "denied")
		mp.want("secretmux.fetch.duration",
			"{fetch.reason=refresh,source=memory:} 3", // OnRotate's, the rotation, the refusal
			"{fetch.reason=load,source=memory:} 1",
			"{error.type=not_found,fetch.reason=load} 1",
			"{error.type=denied,fetch.reason=load,source=memory:} 1")
		mp.want("secretmux.rotations", "{source=memory:} 1")
		mp.want("secretmux.refusals", "{error.type=refused,source=memory:} 1")
		mp.want("secretmux.callback.failures", "{error.type=_OTHER,source=memory:} 1")
		mp.want("secretmux.secret.count", "{state=served} 1", "{state=stale} 0", "{state=expired} 0", "{state=refused} 1", "{state=absent} 1", "{state=failed} 1")
		for _, line := range mp.points() {
			if strings.Contains(line, "source=empty:") && !strings.HasPrefix(line, "secretmux.fallbacks{error.type=not_found,source=empty:}") {
				t.Error(line)
			}
			conformance.NoLeak(t, errors.New(line), canary)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		mp.want("secretmux.secret.")
	})
}

// The gauges show stale values, their age and the first expiry.
func TestGauges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mp := newMeter(t)
		m, f := memory.New(map[string]string{"a": canary}), faults.New(faults.Options{})
		expiring := secretmux.ProviderFunc(func(ctx context.Context, name string) (secretmux.Secret, error) {
			s, err := m.Get(ctx, name)
			if err != nil || name != "short" {
				return s, err
			}
			return secretmux.NewSecret(s.Bytes(), secretmux.Meta{Expires: time.Now().Add(2 * time.Hour)}), nil
		})
		s := must(secretmux.New(f.Wrap(expiring), secretmux.Options{TTL: time.Hour, MaxStale: 24 * time.Hour, Jitter: -1}))
		defer func() { _ = s.Close() }()
		stop := must(otelsecret.Gauges(mp, s, otelsecret.Options{}))
		defer func() { _ = stop() }()
		mp.want("secretmux.secret.age.max")
		mp.want("secretmux.secret.expiry.min")
		m.Set("short", canary)
		for _, name := range []string{"a", "short"} {
			live := must(s.Watch(t.Context(), name))
			defer live.Stop()
		}
		time.Sleep(10 * time.Minute)
		mp.want("secretmux.secret.age.max", "{} 600")
		mp.want("secretmux.secret.expiry.min", "{} 6600")
		f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
		time.Sleep(80 * time.Minute)
		mp.want("secretmux.secret.count", "{state=served} 0", "{state=stale} 2", "{state=expired} 0", "{state=refused} 0", "{state=absent} 0", "{state=failed} 0")
		time.Sleep(26 * time.Hour)
		mp.want("secretmux.secret.count", "{state=served} 0", "{state=stale} 0", "{state=expired} 0", "{state=refused} 0", "{state=absent} 0", "{state=failed} 2")
	})
}

// Ten thousand secrets, a tenth of them absent, changed once and read through a chain.
func TestAttributeSetsAreFew(t *testing.T) {
	mp := newMeter(t)
	m := memory.New(nil)
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{m.Backend(), {"empty": func(context.Context, *secretmux.URI) (secretmux.Provider, error) { return memory.New(nil), nil }}},
		Options:  secretmux.Options{Observer: must(otelsecret.Observer(mp, otelsecret.Options{Names: true})), MaxEntries: 20_000},
	}
	s := must(opener.Open(t.Context(), "empty:,memory:"))
	defer func() { _ = s.Close() }()
	stop := must(otelsecret.Gauges(mp, s, otelsecret.Options{Names: true}))
	defer func() { _ = stop() }()
	refs := make([]string, 10_000)
	for i := range refs {
		refs[i] = fmt.Sprintf("team/secret-%d", i)
		if i%10 > 0 {
			m.Set(refs[i], canary)
		}
	}
	_, _ = s.GetMany(t.Context(), refs)
	for i := range refs {
		if i%10 > 0 {
			m.Set(refs[i], canary+"2")
		}
	}
	_ = s.Refresh(t.Context(), refs...)
	points := mp.points()
	t.Logf("%d attribute sets", len(points))
	if len(points) >= 50 {
		t.Errorf("%d attribute sets", len(points))
	}
	for _, line := range points {
		if strings.Contains(line, "team/") || strings.Contains(line, canary) || strings.Contains(line, "overflow") {
			t.Error(line)
		}
	}
}

// A provider that makes up a source for each secret can't make the number of sets grow
// without end.
func TestSetsAreBounded(t *testing.T) {
	mp := newMeter(t)
	o := must(otelsecret.Observer(mp, otelsecret.Options{}))
	for i := range 5000 {
		o(secretmux.Event{Kind: secretmux.EventRotation, Source: fmt.Sprintf("odd:%d", i)})
	}
	sum := 0
	for _, line := range mp.points() {
		var n int
		_, _ = fmt.Sscan(line[strings.LastIndex(line, " ")+1:], &n)
		sum += n
	}
	if n := len(mp.points()); n > 1001 || sum != 5000 {
		t.Errorf("%d sets for %d events", n, sum)
	}
}

func TestErrorTypes(t *testing.T) {
	mp := newMeter(t)
	o := must(otelsecret.Observer(mp, otelsecret.Options{}))
	var want []string
	for class, word := range map[error]string{
		secretmux.ErrNotFound: "not_found", secretmux.ErrDisabled: "disabled", secretmux.ErrDenied: "denied", secretmux.ErrUnauthenticated: "unauthenticated",
		secretmux.ErrInvalid: "invalid", secretmux.ErrThrottled: "throttled", secretmux.ErrUnavailable: "unavailable", secretmux.ErrCorrupt: "corrupt",
		secretmux.ErrTooLarge: "too_large", secretmux.ErrRefused: "refused", secretmux.ErrClosed: "closed", errors.ErrUnsupported: "unsupported",
	} {
		o(secretmux.Event{Kind: secretmux.EventRetry, Failed: true, Class: class})
		want = append(want, "{error.type="+word+"} 1")
	}
	for _, class := range []error{nil, errors.New(canary), odd{}, odd{}} {
		o(secretmux.Event{Kind: secretmux.EventRetry, Failed: true, Class: class})
	}
	o(secretmux.Event{Kind: secretmux.EventStale})
	o(secretmux.Event{Kind: "of a later version"})
	mp.want("secretmux.retries", append(want, "{error.type=_OTHER} 4")...)
}

// odd is an error that can't be compared.
type odd []string

func (odd) Error() string { return canary }

func TestBadInput(t *testing.T) {
	s := must(secretmux.New(memory.New(nil), secretmux.Options{}))
	defer func() { _ = s.Close() }()
	_, noProvider := otelsecret.Observer(nil, otelsecret.Options{})
	_, noMeter := otelsecret.Gauges(nil, s, otelsecret.Options{})
	_, noStore := otelsecret.Gauges(noop.NewMeterProvider(), nil, otelsecret.Options{})
	_, refused := otelsecret.Observer(refuses{}, otelsecret.Options{})
	_, refusedGauges := otelsecret.Gauges(refuses{}, s, otelsecret.Options{})
	for i, err := range []error{noProvider, noMeter, noStore, refused, refusedGauges} {
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// refuses is a MeterProvider that makes no instrument.
type refuses struct{ noop.MeterProvider }

func (refuses) Meter(string, ...metric.MeterOption) metric.Meter { return refusing{} }

type refusing struct{ noop.Meter }

var errNo = errors.New("no")

func (refusing) Float64Histogram(string, ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	return nil, errNo
}

func (refusing) Int64ObservableUpDownCounter(string, ...metric.Int64ObservableUpDownCounterOption) (metric.Int64ObservableUpDownCounter, error) {
	return nil, errNo
}

func TestAnEventDoesNotAllocate(t *testing.T) {
	o := must(otelsecret.Observer(newMeter(t), otelsecret.Options{}))
	for _, e := range events() {
		o(e)
		if n := testing.AllocsPerRun(100, func() { o(e) }); n != 0 {
			t.Errorf("%s: %v allocations", e.Kind, n)
		}
	}
}

func events() []secretmux.Event {
	return []secretmux.Event{
		{Kind: secretmux.EventRefresh, Ref: "db/password", Source: "memory:", Version: "7", Duration: time.Millisecond},
		{Kind: secretmux.EventLoad, Ref: "db/password", Source: "memory:", Failed: true, Class: secretmux.ErrDenied},
		{Kind: secretmux.EventRotation, Ref: "db/password", Source: "memory:"},
		{Kind: secretmux.EventStale, Ref: "db/password", Source: "memory:"},
	}
}

func BenchmarkEvent(b *testing.B) {
	o := must(otelsecret.Observer(newMeter(&testing.T{}), otelsecret.Options{}))
	for _, e := range events() {
		b.Run(string(e.Kind), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				o(e)
			}
		})
	}
}

func BenchmarkWarmGet(b *testing.B) {
	mp := newMeter(&testing.T{})
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{otelsecret.Backend(newSpans(), memory.New(map[string]string{"a": "x"}).Backend(), otelsecret.Options{})},
		Options:  secretmux.Options{Observer: must(otelsecret.Observer(mp, otelsecret.Options{}))},
	}
	s := must(opener.Open(b.Context(), "memory:"))
	defer func() { _ = s.Close() }()
	stop := must(otelsecret.Gauges(mp, s, otelsecret.Options{}))
	defer func() { _ = stop() }()
	_, _ = s.Get(b.Context(), "a")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Get(b.Context(), "a"); err != nil {
			b.Fatal(err)
		}
	}
}
