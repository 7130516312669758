package nats

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/secretmux/secretmux/adapters/push"
	natspush "github.com/secretmux/secretmux/adapters/push/nats"
)

const (
	subject    = "secrets.rotated"
	streamName = "ROTATIONS"
)

// broker is a server that can be stopped, and started again at its address.
type broker struct {
	*server.Server
	opts server.Options
}

func startBroker(t *testing.T) *broker {
	t.Helper()
	b := &broker{opts: server.Options{
		Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
	}}
	b.start(t)
	addr, ok := b.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("the server has no address")
	}
	b.opts.Port = addr.Port
	t.Cleanup(b.stop)
	return b
}

func (b *broker) start(t *testing.T) {
	t.Helper()
	opts := b.opts // the server changes them
	s, err := server.NewServer(&opts)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server is not ready")
	}
	b.Server = s
}

func (b *broker) stop() {
	b.Shutdown()
	b.WaitForShutdown()
}

// connect is a connection over a socket, so that it can be lost.
func (b *broker) connect(t *testing.T, wait time.Duration) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(b.ClientURL(), nats.MaxReconnects(-1), nats.ReconnectWait(wait), nats.Timeout(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// publish sends from a connection of its own.
func (b *broker) publish(t *testing.T, notices ...push.Notice) {
	t.Helper()
	nc := b.connect(t, time.Second)
	defer nc.Close()
	for _, n := range notices {
		if err := natspush.Publish(t.Context(), nc, subject, n); err != nil {
			t.Fatal(err)
		}
	}
}

// store publishes to the stream, and waits for its acknowledgement.
func (b *broker) store(t *testing.T, n push.Notice) {
	t.Helper()
	nc := b.connect(t, time.Second)
	defer nc.Close()
	js := streams(t, nc)
	deadline := time.Now().Add(30 * time.Second)
	for { // after a restart a stream needs a moment
		_, err := js.Publish(t.Context(), natspush.Subject(subject, n.Name), push.Encode(n))
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func streams(t *testing.T, nc *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// makeStream makes the stream, or waits until it can be made.
func (b *broker) makeStream(t *testing.T, storage jetstream.StorageType) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	nc := b.connect(t, time.Second)
	defer nc.Close()
	_, err := streams(t, nc).CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamName, Subjects: []string{subject + ".*"}, MaxMsgsPerSubject: 1, Storage: storage,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (b *broker) source(t *testing.T) push.Source {
	t.Helper()
	src, err := natspush.Source(b.connect(t, time.Second), subject)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (b *broker) streamSource(t *testing.T) push.Source {
	t.Helper()
	src, err := natspush.Stream(t.Context(), streams(t, b.connect(t, time.Second)), streamName, subject)
	if err != nil {
		t.Fatal(err)
	}
	return src
}
