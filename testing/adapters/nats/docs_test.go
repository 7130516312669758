package nats

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	natspush "github.com/secretmux/secretmux/adapters/push/nats"
	"github.com/secretmux/secretmux/testing/memory"
)

// open is the first program of docs/push.md.
func open(ctx context.Context, url, config string, backends ...secretmux.Backend) (*secretmux.Store, error) {
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true))
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, nc.Close)
	source, err := natspush.Source(nc, "secrets.rotated") // subscribe first, read secrets after that
	if err != nil {
		return nil, err
	}
	store, err := secretmux.Open(ctx, config, backends...) // such as aws-sm://eu-west-1/prod/?ttl=24h&stale=1h
	if err != nil {
		return nil, err
	}
	go func() {
		err := push.Run(ctx, store, source, push.Options{}) // ends with ctx
		slog.InfoContext(ctx, "the store only polls from now on", "cause", err)
	}()
	return store, nil
}

func openStream(ctx context.Context, nc *nats.Conn) (push.Source, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	return natspush.Stream(ctx, js, "ROTATIONS", "secrets.rotated")
}

// The program of the page learns of a rotation long before its TTL ends.
func TestProgramOfThePage(t *testing.T) {
	b := startBroker(t)
	backend := memory.New(map[string]string{"db/creds": "first"})
	store, err := open(t.Context(), b.ClientURL(), "memory:?ttl=24h", backend.Backend())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	live, err := store.Watch(t.Context(), "db/creds")
	if err != nil {
		t.Fatal(err)
	}
	second := push.Notice{Name: "db/creds", Version: backend.Set("db/creds", "second")}
	for deadline := time.Now().Add(time.Minute); live.Current().Reveal() != "second"; time.Sleep(100 * time.Millisecond) {
		b.publish(t, second) // again and again: the server may not know of the subscription yet
		if time.Now().After(deadline) {
			t.Fatal("the store has not learned of the rotation within a minute")
		}
	}
}

// The source of the page has the last message of each secret.
func TestStreamOfThePage(t *testing.T) {
	b := startBroker(t)
	b.makeStream(t, jetstream.MemoryStorage)
	b.store(t, push.Notice{Name: "db/creds", Version: "7"})
	source, err := openStream(t.Context(), b.connect(t, time.Second))
	if err != nil {
		t.Fatal(err)
	}
	m, err := source.Receive(t.Context())
	if want := `{"v":1,"name":"db/creds","version":"7"}`; err != nil || string(m.Body) != want {
		t.Errorf("received %s, %v, want %s", m.Body, err, want)
	}
}
