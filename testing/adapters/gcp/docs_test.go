package gcp

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/v2/pstest"
	"gocloud.dev/pubsub"
	_ "gocloud.dev/pubsub/gcppubsub" // gcppubsub://

	"github.com/secretmux/secretmux/adapters/push"
	gocloudpush "github.com/secretmux/secretmux/adapters/push/gocloud"
)

// subscription is the source of docs/push.md.
func subscription(hostname string) push.Source {
	return gocloudpush.Reopen(func(ctx context.Context) (*pubsub.Subscription, error) {
		return pubsub.OpenSubscription(ctx, "gcppubsub://projects/shop/subscriptions/secret-rotations-"+hostname)
	})
}

// emulator is one for the process: gocloud's opener keeps the first connection that it made.
var emulator = sync.OnceValue(func() *pstest.Server { return pstest.NewServer() })

// The source of the page reads Secret Manager's own event.
func TestSubscriptionOfThePage(t *testing.T) {
	server, hostname := emulator(), rand.Text()
	t.Setenv("PUBSUB_EMULATOR_HOST", server.Addr)
	topic := "projects/shop/topics/" + hostname
	if _, err := server.GServer.CreateTopic(t.Context(), &pubsubpb.Topic{Name: topic}); err != nil {
		t.Fatal(err)
	}
	_, err := server.GServer.CreateSubscription(t.Context(), &pubsubpb.Subscription{
		Name: "projects/shop/subscriptions/secret-rotations-" + hostname, Topic: topic, AckDeadlineSeconds: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Publish(topic, nil, map[string]string{
		"eventType": "SECRET_VERSION_ADD", "secretId": "projects/1/secrets/db-creds", "versionId": "projects/1/secrets/db-creds/versions/7",
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	m, err := subscription(hostname).Receive(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m.Ack()
	notices, err := push.Any(m)
	if err != nil || len(notices) != 1 || notices[0].Name != "db-creds" || notices[0].Version != "7" {
		t.Errorf("read %+v, %v, want version 7 of db-creds", notices, err)
	}
}
