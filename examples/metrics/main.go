// Metrics rotates a secret, lets its backend fail, and prints the view of an operator:
// the metrics of OpenTelemetry and the audit trail.
//
//	go run ./examples/metrics
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/observe"
	otelsecret "github.com/secretmux/secretmux/adapters/otel"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	reader := metric.NewManualReader() // a real program has an exporter here
	mp, tp := metric.NewMeterProvider(metric.WithReader(reader)), trace.NewTracerProvider()
	out = &shared{out: out}
	trail := slog.New(slog.NewTextHandler(out, nil))

	metrics, err := otelsecret.Observer(mp, otelsecret.Options{})
	if err != nil {
		return err
	}
	backend, outage := memory.New(map[string]string{"db/password": "one"}), faults.New(faults.Options{})
	rotated := make(chan struct{}, 1)
	tell := func(e secretmux.Event) {
		if e.Kind == secretmux.EventRotation {
			rotated <- struct{}{}
		}
	}
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{otelsecret.Backend(tp, outage.Backend(backend.Backend()), otelsecret.Options{})},
		Options: secretmux.Options{
			Observer: observe.Multi(metrics, observe.Audit(trail, observe.AuditOptions{}), tell),
			OnRead:   observe.Reads(trail),
		},
	}
	store, err := opener.Open(ctx, "memory:")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Shutdown(ctx)) }() // Close would not wait for the trail
	stop, err := otelsecret.Gauges(mp, store, otelsecret.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()

	if _, err := store.Get(ctx, "db/password"); err != nil {
		return err
	}
	for _, value := range []string{"two", "three"} {
		backend.Set("db/password", value)
		if err := store.Refresh(ctx, "db/password"); err != nil {
			return err
		}
		select {
		case <-rotated: // observers are told after Refresh has returned
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	outage.Inject(faults.Always(faults.Step{Err: secretmux.ErrDenied}, "db/admin"))
	if _, err := store.Get(ctx, "db/admin"); err == nil {
		return errors.New("a denied secret was read")
	}
	return show(ctx, out, reader)
}

// shared is a writer that main and all goroutines of the store may use at the same time.
type shared struct {
	mu  sync.Mutex
	out io.Writer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}
