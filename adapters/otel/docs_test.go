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
	"github.com/secretmux/secretmux/testing/memory"
)

// The code of docs/observability.md.
func TestDocs(t *testing.T) {
	t.Setenv("SECRETS", "memory:")
	backend, trail := memory.New(nil).Backend(), slog.New(slog.DiscardHandler)
	err := docsObserve(t.Context(), backend, sdk.NewMeterProvider(), tracesdk.NewTracerProvider(), trail)
	if err != nil {
		t.Error(err)
	}
}

func docsObserve(
	ctx context.Context, backend secretmux.Backend, mp metric.MeterProvider, tp trace.TracerProvider, trail *slog.Logger,
) error {
	metrics, err := otelsecret.Observer(mp, otelsecret.Options{})
	if err != nil {
		return err
	}
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{otelsecret.Backend(tp, backend, otelsecret.Options{})},
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
