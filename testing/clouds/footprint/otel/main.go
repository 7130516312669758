//go:build ignore

// Command otel shows a store in OpenTelemetry, without an SDK. It is built in the module of
// the adapter, which a file that is named on the command line may be. See footprint/measure.
package main

import (
	"context"
	"log"

	metric "go.opentelemetry.io/otel/metric/noop"
	trace "go.opentelemetry.io/otel/trace/noop"

	"github.com/secretmux/secretmux"
	otelsecret "github.com/secretmux/secretmux/adapters/otel"
	"github.com/secretmux/secretmux/providers/env"
)

func main() {
	var o otelsecret.Options
	mp := metric.NewMeterProvider()
	observer, err := otelsecret.Observer(mp, o)
	if err != nil {
		log.Fatal(err)
	}
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{otelsecret.Backend(trace.NewTracerProvider(), env.Backend(), o)},
		Options:  secretmux.Options{Observer: observer},
	}
	store, err := opener.Open(context.Background(), "env:")
	if err != nil {
		log.Fatal(err)
	}
	stop, err := otelsecret.Gauges(mp, store, o)
	log.Print(err, stop())
}
