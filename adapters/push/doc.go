// Package push lets a store learn of a rotation within seconds, from a message of a
// broker and not from its next poll.
//
// A message carries the name and the version of a secret, and never a value. It can
// only make the store read, so nobody has to trust the broker. A message that is
// forged, late, repeated or out of order costs at most one background read a name and
// second. It can't bring back an older value, call a callback twice, or load a secret
// that nobody uses.
//
//	source, err := natspush.Source(nc, "secrets.rotated") // subscribe first, then read
//	...
//	go push.Run(ctx, store, source, push.Options{})
//
// With push a store may have a long TTL, such as a day. The TTL still works if the
// broker is down.
//
// # Messages
//
// [Any] understands the format of this package, which [Encode] writes. It also
// understands the messages of the clouds: AWS Secrets Manager and Parameter Store
// through EventBridge, with or without SNS; Google Secret Manager through Pub/Sub;
// Azure Key Vault through Event Grid, in both of its schemas.
//
// # Brokers
//
// Every instance must get every message, so each needs a subscription of its own, and
// not a queue group or a shared queue. adapters/push/nats has sources for NATS.
// adapters/push/gocloud has one for each broker that gocloud.dev supports. For any
// other broker, a [Source] needs only a few lines. If a subscription for each instance
// costs too much, one [Relay] for each cluster reads the cloud's queue and publishes to
// a broker inside the cluster.
//
// # At a rotation
//
// Each instance reads the secret once, at a random moment within [Options].Within. If
// the backend still shows the old version, the store looks again after 1, 2, 4, 8 and
// 16 seconds.
//
// # What it costs
//
// Each Run costs one more goroutine, and keeps the last message of each secret that the
// store uses, for at most 4,096 secrets. A message about an unused secret is not kept.
package push
