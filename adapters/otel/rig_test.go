package otelsecret_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/secretmux/secretmux"
)

const canary = "Vb7nRk2sTq9wXz4c"

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// meter is a MeterProvider whose points a test reads.
type meter struct {
	*metric.MeterProvider
	t      *testing.T
	reader *metric.ManualReader
}

func newMeter(t *testing.T) *meter {
	t.Helper()
	reader := metric.NewManualReader()
	return &meter{metric.NewMeterProvider(metric.WithReader(reader)), t, reader}
}

// points returns all points as lines of "instrument{attributes} value". A histogram's
// value is its count.
func (m *meter) points() []string {
	m.t.Helper()
	var all metricdata.ResourceMetrics
	if err := m.reader.Collect(context.Background(), &all); err != nil {
		m.t.Fatal(err)
	}
	var lines []string
	for _, scope := range all.ScopeMetrics {
		for _, one := range scope.Metrics {
			switch data := one.Data.(type) {
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					lines = append(lines, fmt.Sprintf("%s{%s} %d", one.Name, p.Attributes.Encoded(encoder{}), p.Count))
				}
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					lines = append(lines, fmt.Sprintf("%s{%s} %d", one.Name, p.Attributes.Encoded(encoder{}), p.Value))
				}
			case metricdata.Gauge[float64]:
				for _, p := range data.DataPoints {
					lines = append(lines, fmt.Sprintf("%s{%s} %g", one.Name, p.Attributes.Encoded(encoder{}), p.Value))
				}
			default:
				m.t.Fatalf("%s: %T", one.Name, data)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// want compares the points of the instruments whose names start with prefix.
func (m *meter) want(prefix string, want ...string) {
	m.t.Helper()
	var got []string
	for _, line := range m.points() {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			got = append(got, rest)
		}
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		m.t.Errorf("the points are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// spans is a TracerProvider that keeps the recorded spans.
type spans struct {
	*trace.TracerProvider
	recorded *tracetest.SpanRecorder
}

func newSpans() *spans {
	r := tracetest.NewSpanRecorder()
	return &spans{trace.NewTracerProvider(trace.WithSpanProcessor(r)), r}
}

// lines are the ended spans as "name kind{attributes} status".
func (s *spans) lines() []string {
	var lines []string
	for _, span := range s.recorded.Ended() {
		attrs := make([]string, 0, 3)
		for _, a := range span.Attributes() {
			attrs = append(attrs, string(a.Key)+"="+a.Value.String())
		}
		lines = append(lines, fmt.Sprintf("%s %v{%s} %v", span.Name(), span.SpanKind(), strings.Join(attrs, ","), span.Status().Code))
	}
	return lines
}

// backendOf is a backend of the scheme "memory" that opens p.
func backendOf(p secretmux.Provider) secretmux.Backend {
	return secretmux.Backend{"memory": func(context.Context, *secretmux.URI) (secretmux.Provider, error) { return p, nil }}
}
