package otelsecret_test

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/observe"
	otelsecret "github.com/secretmux/secretmux/adapters/otel"
	"github.com/secretmux/secretmux/testing/memory"
)

// The program sets up the SDK; the store gets its providers. A real program has an
// exporter instead of the reader.
func ExampleOptions() {
	ctx := context.Background()
	reader := metric.NewManualReader()
	mp, tp := metric.NewMeterProvider(metric.WithReader(reader)), trace.NewTracerProvider()
	var o otelsecret.Options
	told := make(chan struct{}, 1)

	observer, err := otelsecret.Observer(mp, o)
	if err != nil {
		fmt.Println(err)
		return
	}
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{otelsecret.Backend(tp, memory.New(map[string]string{"db/password": "x"}).Backend(), o)},
		Options:  secretmux.Options{Observer: observe.Multi(observer, func(secretmux.Event) { told <- struct{}{} })},
	}
	store, err := opener.Open(ctx, "memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	stop, err := otelsecret.Gauges(mp, store, o)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	_, _ = store.Get(ctx, "db/password")
	<-told // an observer may be called after Get has returned

	var all metricdata.ResourceMetrics
	_ = reader.Collect(ctx, &all)
	for _, m := range all.ScopeMetrics[0].Metrics {
		fmt.Println(m.Name, m.Unit)
	}
	// Unordered output:
	// secretmux.fetch.duration s
	// secretmux.secret.count {secret}
	// secretmux.secret.age.max s
}
