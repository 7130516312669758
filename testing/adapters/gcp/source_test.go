package gcp

import (
	"strconv"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/v2/pstest"
	"gocloud.dev/pubsub/gcppubsub"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/secretmux/secretmux/adapters/push"
	gocloudpush "github.com/secretmux/secretmux/adapters/push/gocloud"
	"github.com/secretmux/secretmux/testing/adapters/internal/fleet"
)

const topic = "projects/shop/topics/secrets"

// Secret Manager's own events reach every instance, through a subscription of its own.
func TestEventsOfSecretManager(t *testing.T) {
	const n = 3
	server := pstest.NewServer()
	t.Cleanup(func() { _ = server.Close() })
	if _, err := server.GServer.CreateTopic(t.Context(), &pubsubpb.Topic{Name: topic}); err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(server.Addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	backend := fleet.NewBackend("db-creds", "other")
	f := fleet.Start(t, n, backend, func(i int) push.Source { return source(t, server, conn, i) }, push.Options{Within: -1}, "db-creds", "other")
	backend.Reads("")

	send := func(kind, version string) {
		server.Publish(topic, []byte(`{"name":"projects/1/secrets/db-creds/versions/`+version+`"}`), map[string]string{
			"eventType": kind, "dataFormat": "JSON_API_V1", "timestamp": time.Now().Format(time.RFC3339Nano),
			"secretId": "projects/1/secrets/db-creds", "versionId": "projects/1/secrets/db-creds/versions/" + version,
		})
	}
	send("SECRET_ROTATE", "1") // it is time to; nobody has yet
	server.Publish(topic, nil, map[string]string{"eventType": "TOPIC_CONFIGURED"})
	send("SECRET_VERSION_ADD", backend.Rotate("db-creds", "second").Version)
	f.Await(t, "second", time.Now())
	reads, others, _ := backend.Reads("db-creds")
	if reads != n || others != 0 || f.Count(push.Irrelevant) != 2*n {
		t.Errorf("%d reads, want %d; %d of another secret; %d messages were not about a rotation, want %d", reads, n, others, f.Count(push.Irrelevant), 2*n)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) { // acknowledged by all
		acks := 0
		for _, m := range server.Messages() {
			acks += m.Acks
		}
		if acks == 3*n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d acknowledgements, want %d", acks, 3*n)
		}
	}
}

func source(t *testing.T, server *pstest.Server, conn *grpc.ClientConn, i int) push.Source {
	t.Helper()
	name := "projects/shop/subscriptions/secrets-" + strconv.Itoa(i)
	if _, err := server.GServer.CreateSubscription(t.Context(), &pubsubpb.Subscription{Name: name, Topic: topic, AckDeadlineSeconds: 10}); err != nil {
		t.Fatal(err)
	}
	client, err := gcppubsub.SubscriberClient(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	sub, err := gcppubsub.OpenSubscriptionByPath(client, name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return gocloudpush.Source(sub)
}
