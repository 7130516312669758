package kafka

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"gocloud.dev/pubsub"
	"gocloud.dev/pubsub/kafkapubsub"

	"github.com/secretmux/secretmux/adapters/push"
	gocloudpush "github.com/secretmux/secretmux/adapters/push/gocloud"
	"github.com/secretmux/secretmux/testing/adapters/internal/fleet"
)

const topic = "secrets"

func startCluster(t *testing.T) []string {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, topic))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster.ListenAddrs()
}

// announce sends the notice again and again until all instances have learned of it. An
// instance that has just subscribed at the end of a topic may miss the first notice.
// Repeated notices cost nothing.
func announce(t *testing.T, brokers []string, f *fleet.Fleet, n push.Notice, value string) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithCancel(t.Context())
	sent := make(chan error, 1)
	go func() {
		for {
			err := client.ProduceSync(ctx, &kgo.Record{Topic: topic, Key: []byte(n.Name), Value: push.Encode(n)}).FirstErr()
			if ctx.Err() != nil || err != nil {
				sent <- err
				return
			}
			<-time.After(100 * time.Millisecond)
		}
	}()
	f.Await(t, value, time.Now())
	cancel()
	if err := <-sent; err != nil && t.Context().Err() == nil && ctx.Err() == nil {
		t.Fatal(err)
	}
}

func TestDirect(t *testing.T) {
	brokers := startCluster(t)
	run(t, brokers, func(int) push.Source {
		source, err := consume(brokers)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(source.client.Close)
		return source
	})
}

// gocloud's driver always joins a group: each instance needs one of its own.
func TestGoCloud(t *testing.T) {
	brokers := startCluster(t)
	run(t, brokers, func(i int) push.Source {
		return gocloudpush.Reopen(func(context.Context) (*pubsub.Subscription, error) {
			group := "secrets-" + strconv.Itoa(i)
			return kafkapubsub.OpenSubscription(brokers, kafkapubsub.MinimalConfig(), group, []string{topic}, nil)
		})
	})
}

func run(t *testing.T, brokers []string, open func(i int) push.Source) {
	t.Helper()
	const n = 3
	backend := fleet.NewBackend("db", "other")
	f := fleet.Start(t, n, backend, open, push.Options{Within: -1}, "db", "other")
	backend.Reads("")
	announce(t, brokers, f, backend.Rotate("db", "second"), "second")
	announce(t, brokers, f, backend.Rotate("db", "third"), "third")
	if reads, others, _ := backend.Reads("db"); reads != 2*n || others != 0 {
		t.Errorf("%d reads for two rotations and %d instances, %d of another secret", reads, n, others)
	}
}
