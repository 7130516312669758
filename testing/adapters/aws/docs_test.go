package aws

import (
	"context"

	"github.com/nats-io/nats.go"
	"gocloud.dev/pubsub"
	_ "gocloud.dev/pubsub/awssnssqs" // awssqs://

	"github.com/secretmux/secretmux/adapters/push"
	gocloudpush "github.com/secretmux/secretmux/adapters/push/gocloud"
	natspush "github.com/secretmux/secretmux/adapters/push/nats"
)

// relay is the program of docs/push.md.
func relay(ctx context.Context, nc *nats.Conn) error {
	queue := gocloudpush.Reopen(func(ctx context.Context) (*pubsub.Subscription, error) {
		return pubsub.OpenSubscription(ctx, "awssqs://sqs.eu-west-1.amazonaws.com/123456789012/secret-rotations?region=eu-west-1")
	})
	return push.Relay(ctx, queue, nil, func(ctx context.Context, n push.Notice) error {
		return natspush.Publish(ctx, nc, "secrets.rotated", n)
	})
}
