package aws

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/secretmux/secretmux/adapters/push"
	natspush "github.com/secretmux/secretmux/adapters/push/nats"
)

// An event of Secrets Manager that EventBridge put into the queue reaches the cluster, and is
// deleted from the queue afterwards, as is a message that is not about a rotation.
func TestRelayOfThePage(t *testing.T) {
	q := startQueue(t,
		`{"version":"0","detail-type":"Secret Label Updated","source":"aws.secretsmanager","time":"2026-11-25T22:00:00Z",
			"detail":{"name":"prod/db","labelUpdated":"AWSCURRENT","versionId":"7f3a"}}`,
		`{"detail-type":"Scheduled Event","source":"aws.events"}`,
	)
	nc := connect(t)
	heard, err := nc.SubscribeSync("secrets.rotated.*")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- relay(ctx, nc) }()

	m, err := heard.NextMsg(time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	notices, err := push.Any(push.Message{Body: m.Data})
	if err != nil || len(notices) != 1 || notices[0].Name != "prod/db" || notices[0].Version != "7f3a" {
		t.Errorf("the cluster heard %s, %v", m.Data, err)
	}
	if want := natspush.Subject("secrets.rotated", "prod/db"); m.Subject != want {
		t.Errorf("sent to %s, want %s", m.Subject, want)
	}
	for deadline := time.Now().Add(time.Minute); q.left() > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d messages are still in the queue", q.left())
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the relay ended with %v, want the context's error", err)
	}
}

func connect(t *testing.T) *nats.Conn {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server is not ready")
	}
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}
