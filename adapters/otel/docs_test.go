package otelsecret_test

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	tracesdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/observe"
	otelsecret "github.com/secretmux/secretmux/adapters/otel"
	"github.com/secretmux/secretmux/providers/local"
)

// The code of docs/observability.md.
func TestDocs(t *testing.T) {
	t.Setenv("SECRETS", "env:")
	err := docsObserve(t.Context(), sdk.NewMeterProvider(), tracesdk.NewTracerProvider(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Error(err)
	}
}

func docsObserve(ctx context.Context, mp metric.MeterProvider, tp trace.TracerProvider, trail *slog.Logger) error {
	metrics, err := otelsecret.Observer(mp, otelsecret.Options{})
	if err != nil {
		return err
	}
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{otelsecret.Backend(tp, local.Backend(), otelsecret.Options{})},
		Options:  secretmux.Options{Observer: observe.Multi(metrics, observe.Audit(trail, observe.AuditOptions{}))},
	}
	store, err := opener.Open(ctx, os.Getenv("SECRETS"))
	if err != nil {
		return err
	}
	defer store.Close()
	stop, err := otelsecret.Gauges(mp, store, otelsecret.Options{})
	if err != nil {
		return err
	}
	return stop()
}
