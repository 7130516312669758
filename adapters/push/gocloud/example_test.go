package gocloudpush_test

import (
	"context"
	"fmt"
	"log"

	"gocloud.dev/pubsub"
	_ "gocloud.dev/pubsub/mempubsub" // mem://

	"github.com/secretmux/secretmux/adapters/push"
	gocloudpush "github.com/secretmux/secretmux/adapters/push/gocloud"
)

// The URL decides which broker it is; the program imports the driver.
func ExampleReopen() {
	ctx := context.Background()
	topic, err := pubsub.OpenTopic(ctx, "mem://secrets")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = topic.Shutdown(ctx) }()
	source := gocloudpush.Reopen(func(ctx context.Context) (*pubsub.Subscription, error) {
		sub, err := pubsub.OpenSubscription(ctx, "mem://secrets")
		if err == nil { // the memory driver delivers only what is sent from now on
			err = topic.Send(ctx, &pubsub.Message{Body: push.Encode(push.Notice{Name: "db/creds", Version: "7"})})
		}
		return sub, err
	})
	m, err := source.Receive(ctx) // push.Run does that
	if err != nil {
		log.Fatal(err)
	}
	m.Ack()
	fmt.Println(string(m.Body))
	// Output: {"v":1,"name":"db/creds","version":"7"}
}
