package gcp

import (
	"context"
	"testing"

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

// The source of the page reads Secret Manager's own event.
func TestSubscriptionOfThePage(t *testing.T) {
	server := pstest.NewServer()
	t.Cleanup(func() { _ = server.Close() })
	t.Setenv("PUBSUB_EMULATOR_HOST", server.Addr)
	if _, err := server.GServer.CreateTopic(t.Context(), &pubsubpb.Topic{Name: topic}); err != nil {
		t.Fatal(err)
	}
	_, err := server.GServer.CreateSubscription(t.Context(), &pubsubpb.Subscription{
		Name: "projects/shop/subscriptions/secret-rotations-host1", Topic: topic, AckDeadlineSeconds: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Publish(topic, nil, map[string]string{
		"eventType": "SECRET_VERSION_ADD", "secretId": "projects/1/secrets/db-creds", "versionId": "projects/1/secrets/db-creds/versions/7",
	})
	m, err := subscription("host1").Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m.Ack()
	notices, err := push.Any(m)
	if err != nil || len(notices) != 1 || notices[0].Name != "db-creds" || notices[0].Version != "7" {
		t.Errorf("read %+v, %v, want version 7 of db-creds", notices, err)
	}
}
