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
// [Source] is for core NATS, which delivers at most once. What is published while an
// instance has no connection is lost to it, so after each reconnect the store reads
// everything that it uses once.
//
// [Stream] is for JetStream. It delivers the last message of each secret first, so an
// instance that was away, or that starts, learns of the last rotation of each, and there
// is nothing to sweep. The stream holds a message a secret:
//
//	js.CreateStream(ctx, jetstream.StreamConfig{
//		Name: "ROTATIONS", Subjects: []string{"secrets.rotated.*"}, MaxMsgsPerSubject: 1,
//	})
//
// A nats.Conn gives up for good after 60 reconnects by default, which is two minutes: set
// MaxReconnects(-1). With a connection that is closed, push.Run ends with ErrClosed.
//
// # Subjects
//
// [Publish] sends to the subject, a dot, and a token made of the secret's name, see
// [Subject]. So a stream can keep the last message of each secret.
//
// # At a rotation
//
// Whoever rotates calls Publish after the new version is there; the rest is push's.
//
// # What it costs
//
// A subscription for each instance, no queue group. Stream costs an ephemeral consumer
// for each instance besides, which the server keeps in memory and drops five minutes after
// the instance has left.
package natspush
