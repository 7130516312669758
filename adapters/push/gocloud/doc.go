// Package gocloudpush makes a subscription of gocloud.dev/pubsub a source for
// adapters/push: Amazon SQS, Google Pub/Sub, Azure Service Bus, Kafka, RabbitMQ, and
// every other broker with a driver. The program opens the subscription, so no driver is
// linked here.
//
//	import _ "gocloud.dev/pubsub/gcppubsub"
//
//	source := gocloudpush.Reopen(func(ctx context.Context) (*pubsub.Subscription, error) {
//		return pubsub.OpenSubscription(ctx, "gcppubsub://projects/shop/subscriptions/secrets-"+hostname)
//	})
//	go push.Run(ctx, store, source, push.Options{})
//
// Each instance needs a subscription, queue or group of its own. With a shared one,
// each message reaches only one instance. docs/push.md says how to make one with each
// broker.
//
// # At a rotation
//
// A message is acknowledged when the store has planned its read.
//
// # What it costs
//
// gocloud.dev itself is 21 modules, without a driver. It reads ahead, so some messages
// wait in the memory of the instance.
package gocloudpush
