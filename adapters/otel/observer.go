package otelsecret

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/secretmux/secretmux"
)

// Observer returns an Observer that counts events and measures reads of the backend,
// under the names that the package comment lists. Pass it as secretmux.Options.Observer
// or to Store.Observe. One Observer may serve several stores. It is safe for concurrent
// use. A nil mp, and an mp that refuses an instrument, is ErrInvalid. The Options have
// no effect on it, because no metric has the name of a secret.
func Observer(mp metric.MeterProvider, _ Options) (secretmux.Observer, error) {
	if mp == nil {
		return nil, invalid("the MeterProvider is nil", "pass the MeterProvider of the SDK that the program set up")
	}
	m := &meters{}
	if err := m.make(mp.Meter(scope)); err != nil {
		return nil, notMade(err)
	}
	m.sets.Store(&map[setKey]*options{})
	return m.observe, nil
}

// meters are the instruments, and the attribute sets of the events so far.
type meters struct {
	fetches  metric.Float64Histogram
	counters map[secretmux.EventKind]metric.Int64Counter

	sets atomic.Pointer[map[setKey]*options] // replaced, never changed
	mu   sync.Mutex                          // held while it is replaced
}

// setKey says which attribute set an event has. errorType is empty without a failure.
type setKey struct {
	kind      secretmux.EventKind
	source    string
	errorType string
}

// options are slices, because a variadic call would allocate one for each event.
type options struct {
	record []metric.RecordOption
	add    []metric.AddOption
}

// maxSets bounds the attribute sets. There are few sources. Only a provider that makes
// up a source for each secret reaches the bound, and its events then have no source.
const maxSets = 1000

func (m *meters) make(meter metric.Meter) error {
	var err error
	m.fetches, err = meter.Float64Histogram("secretmux.fetch.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of reads of a backend."),
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))
	errs := []error{err}
	m.counters = map[secretmux.EventKind]metric.Int64Counter{}
	for kind, c := range map[secretmux.EventKind]struct{ name, unit, what string }{
		secretmux.EventRotation: {"secretmux.rotations", "{rotation}", "Changes of the content of a secret."},
		secretmux.EventRefusal:  {"secretmux.refusals", "{refusal}", "New values that Options.Validate refused."},
		secretmux.EventFallback: {"secretmux.fallbacks", "{fallback}", "Links that were passed over."},
		secretmux.EventCallback: {"secretmux.callback.failures", "{failure}", "Rotation callbacks that failed."},
		secretmux.EventRetry:    {"secretmux.retries", "{retry}", "Failed refreshes and callbacks that are tried again."},
	} {
		m.counters[kind], err = meter.Int64Counter(c.name, metric.WithUnit(c.unit), metric.WithDescription(c.what))
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// observe has no context of a caller: events don't carry one.
func (m *meters) observe(e secretmux.Event) {
	switch e.Kind {
	case secretmux.EventLoad, secretmux.EventRefresh:
		m.fetches.Record(context.Background(), e.Duration.Seconds(), m.optionsOf(e).record...)
	default:
		if c, ok := m.counters[e.Kind]; ok {
			c.Add(context.Background(), 1, m.optionsOf(e).add...)
		}
	}
}

func (m *meters) optionsOf(e secretmux.Event) *options {
	key := setKey{kind: e.Kind, source: e.Source}
	if e.Failed {
		key.errorType = errorType(e.Class)
	}
	if o, ok := (*m.sets.Load())[key]; ok {
		return o
	}
	return m.add(key)
}

func (m *meters) add(key setKey) *options {
	m.mu.Lock()
	defer m.mu.Unlock()
	have := *m.sets.Load()
	if len(have) >= maxSets {
		key.source = ""
	}
	if o, ok := have[key]; ok {
		return o
	}
	o := key.options()
	next := maps.Clone(have)
	next[key] = o
	m.sets.Store(&next)
	return o
}

func (k setKey) options() *options {
	attrs := make([]attribute.KeyValue, 0, 3)
	if k.source != "" {
		attrs = append(attrs, keySource.String(k.source))
	}
	if k.kind == secretmux.EventLoad || k.kind == secretmux.EventRefresh {
		attrs = append(attrs, keyReason.String(string(k.kind)))
	}
	if k.errorType != "" {
		attrs = append(attrs, keyError.String(k.errorType))
	}
	set := metric.WithAttributeSet(attribute.NewSet(attrs...))
	return &options{record: []metric.RecordOption{set}, add: []metric.AddOption{set}}
}
