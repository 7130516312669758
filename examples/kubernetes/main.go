// Kubernetes is a service for a cluster: its secrets are a mount, and its probes ask
// the store. deployment.yaml beside it is its manifest.
//
//	DB_PASSWORD=x PAYMENTS_TOKEN=y SECRETS=env: go run ./examples/kubernetes
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, ":8080"); err != nil {
		slog.Error("the service ends", "error", err)
		os.Exit(1) //nolint:gocritic // the process ends: stop has nothing to undo
	}
}

// open opens the store, and makes it keep the secrets that the service needs. A missing
// secret is an error now, and not at the first request.
func open(ctx context.Context) (*secretmux.Store, error) {
	store, err := secretmux.Open(ctx, os.Getenv("SECRETS"), local.Backend())
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"db/password", "payments/token"} {
		if _, err := store.Watch(ctx, name); err != nil {
			return nil, errors.Join(err, store.Close())
		}
	}
	return store, nil
}

func run(ctx context.Context, addr string) (err error) {
	store, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: probes(store), ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func probes(store *secretmux.Store) http.Handler {
	mux := http.NewServeMux()
	// Alive: the process answers. It reads no secret, because a restart does not repair a
	// backend.
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "ok") })
	// Ready: every secret that the service watches has a value that may be served. It
	// makes no call, so an outage of the backend does not take out every replica at once.
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, store.Ready()) })
	// For a person: it probes the backends, and names the secrets that are stale, refused
	// or failing.
	mux.HandleFunc("GET /checkz", func(w http.ResponseWriter, r *http.Request) { answer(w, store.Check(r.Context())) })
	return mux
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		slog.Warn("a probe failed", "error", err) // names and sources, never a value
		http.Error(w, "not ok", http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ok")
}
