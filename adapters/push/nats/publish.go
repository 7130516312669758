package natspush

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
)

// publishTimeout is the limit for a ctx without a deadline.
const publishTimeout = 10 * time.Second

// Publish sends n to [Subject] of its name, and waits until the server has it, at most
// until ctx ends or for 10 seconds. It is for rotators, and for push.Relay. It is safe
// for concurrent use. If nobody listens, that is not an error, because core NATS does
// not know it. For an acknowledgement by a stream, publish to Subject with JetStream.
//
// A malformed subject, a subject with a wildcard, a nil connection, and a text that
// can't be the name of a secret are ErrInvalid. Failures of NATS are ErrUnavailable.
func Publish(ctx context.Context, nc *nats.Conn, subject string, n push.Notice) error {
	if nc == nil {
		return secretmux.Invalid("publish", "the connection is nil", "check the error of the call that makes it")
	}
	if err := checkSubject("publish", subject); err != nil {
		return err
	}
	if err := secretmux.ValidateName(strings.TrimPrefix(n.Name, "/")); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	err := nc.Publish(Subject(subject, n.Name), push.Encode(n))
	if err == nil {
		err = nc.FlushWithContext(ctx)
	}
	return unavailable("publish", err)
}

// unavailable is the error for a failure of NATS. The error of NATS is below it.
func unavailable(op string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return &secretmux.Error{
		Op: op, Class: secretmux.ErrUnavailable, Err: err, Hint: "check that the NATS server runs, and that this account has the permission",
	}
}
