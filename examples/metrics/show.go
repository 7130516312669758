package main

import (
	"context"
	"fmt"
	"io"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// show prints the metrics that an exporter would send.
func show(ctx context.Context, out io.Writer, reader *metric.ManualReader) error {
	var all metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &all); err != nil {
		return err
	}
	for _, scope := range all.ScopeMetrics {
		for _, one := range scope.Metrics {
			switch data := one.Data.(type) {
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					line(out, one.Name, p.Attributes, float64(p.Count))
				}
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					line(out, one.Name, p.Attributes, float64(p.Value))
				}
			}
		}
	}
	return nil
}

func line(out io.Writer, name string, attrs attribute.Set, value float64) {
	_, _ = fmt.Fprintf(out, "%s{%s} %g\n", name, attrs.Encoded(attribute.DefaultEncoder()), value)
}
