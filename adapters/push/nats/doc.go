// Package natspush carries the messages of adapters/push over NATS.
//
//	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true))
//	...
//	source, err := natspush.Source(nc, "secrets.rotated")
//	...
//	go push.Run(ctx, store, source, push.Options{})
//
// # Which source
//
// [Source] is for core NATS, which delivers at most once. An instance loses the
// messages that are published while it has no connection, so after each reconnect the
// store reads everything that it uses once.
//
// [Stream] is for JetStream. It delivers the last message of each secret first, so an
// instance that starts, or that had no connection, learns of the last rotation of each
// secret, and no sweep is needed. The stream holds one message a secret:
//
//	js.CreateStream(ctx, jetstream.StreamConfig{
//		Name: "ROTATIONS", Subjects: []string{"secrets.rotated.*"}, MaxMsgsPerSubject: 1,
//	})
//
// A nats.Conn gives up for good after 60 reconnects by default, which is two minutes:
// set MaxReconnects(-1). If the connection is closed, push.Run ends with ErrClosed.
//
// # Subjects
//
// [Publish] sends to the subject, a dot, and a token that is made from the secret's
// name: see [Subject]. So a stream can keep the last message of each secret.
//
// # At a rotation
//
// The rotator calls Publish after the new version exists. Package push does the rest.
//
// # What it costs
//
// Each instance costs a subscription, without a queue group. Stream also costs an
// ephemeral consumer for each instance. The server keeps it in memory and drops it five
// minutes after the instance has left.
package natspush
