// Package gocloudpush makes a subscription of gocloud.dev/pubsub a source for
// adapters/push: Amazon SQS, Google Pub/Sub, Azure Service Bus, Kafka, RabbitMQ, and what
// else has a driver. The program opens the subscription, so no driver is linked here.
//
//	import _ "gocloud.dev/pubsub/gcppubsub"
//
//	source := gocloudpush.Reopen(func(ctx context.Context) (*pubsub.Subscription, error) {
//		return pubsub.OpenSubscription(ctx, "gcppubsub://projects/shop/subscriptions/secrets-"+hostname)
//	})
//	go push.Run(ctx, store, source, push.Options{})
//
// Each instance needs a subscription, queue or group of its own: with a shared one each
// message reaches one instance. docs/push.md says how to make one with each broker.
//
// # At a rotation
//
// A message is acknowledged when the store has planned its read.
//
// # What it costs
//
// gocloud.dev itself: 21 modules without a driver. It reads ahead: some messages wait in the memory of
// the instance.
package gocloudpush
