// Package push lets a store learn of a rotation from a message of a broker, in
// seconds, instead of from its next poll.
//
// A message carries the name and the version of a secret, never a value, and all that
// it can do is to make the store read. So nobody has to trust the broker: a message
// that is forged, late, repeated or out of order costs at most one background read a
// name and second. It can't bring back an older value, call a callback twice, or load
// a secret that nobody uses.
//
//	source, err := natspush.Source(nc, "secrets.rotated") // subscribe first, then read
//	...
//	go push.Run(ctx, store, source, push.Options{})
//
// With push a store may have a long TTL, such as a day. It is what still holds when the
// broker is gone.
//
// # Messages
//
// [Any] understands the format of this package, which [Encode] writes, and what the
// clouds send by themselves: AWS Secrets Manager and Parameter Store through
// EventBridge, also wrapped by SNS; Google Secret Manager through Pub/Sub; Azure Key
// Vault through Event Grid, in both of its schemas.
//
// # Brokers
//
// Every instance has to hear every message, so each needs a subscription of its own: no
// queue group, no shared queue. adapters/push/nats has sources for NATS, adapters/push/gocloud
// one for each broker that gocloud.dev knows. Anything else is a [Source] of a few lines.
// Where a subscription for each instance costs too much, one [Relay] for each cluster reads the
// cloud's queue and publishes to a broker inside the cluster.
//
// # At a rotation
//
// Each instance reads the secret once, at a random moment within [Options].Within. If
// the backend still shows the old version, the store looks again after 1, 2, 4, 8 and
// 16 seconds.
//
// # What it costs
//
// One goroutine for each Run beside its own, and the last message of each secret that the
// store uses, for at most 4,096 of them. A message about a secret that nobody uses leaves
// nothing behind.
package push
