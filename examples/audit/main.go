// Audit logs who reads which secret, and the events of the store. No value is in the log.
//
//	go run ./examples/audit
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/observe"
	"github.com/secretmux/secretmux/testing/memory"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type userKey struct{}

// withUser adds the user of the request. Each read gets the context of its request.
type withUser struct{ slog.Handler }

func (h withUser) Handle(ctx context.Context, r slog.Record) error {
	if user, ok := ctx.Value(userKey{}).(string); ok {
		r.AddAttrs(slog.String("user", user))
	}
	return h.Handler.Handle(ctx, r)
}

func run(ctx context.Context, out io.Writer) (err error) {
	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey { // so that each run prints the same text
			return slog.Attr{}
		}
		return a
	}
	trail := slog.New(withUser{slog.NewTextHandler(out, &slog.HandlerOptions{ReplaceAttr: withoutTime})})
	backend := memory.New(map[string]string{"db/password": "s3cret"})
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{backend.Backend()},
		Options: secretmux.Options{
			OnRead: observe.Reads(trail), // who read what
			Observer: observe.Audit(trail, observe.AuditOptions{ // and the events
				Kinds: []secretmux.EventKind{secretmux.EventRotation, secretmux.EventRefusal, secretmux.EventGone},
			}),
		},
	}
	store, err := opener.Open(ctx, "memory:")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Shutdown(ctx)) }() // waits for the observer

	request := context.WithValue(ctx, userKey{}, "user 7")
	for _, ref := range []string{"db/password", "db/password", "db/admin"} {
		_, _ = store.Get(request, ref)
	}
	backend.Disable("db/password")
	_ = store.Refresh(ctx, "db/password")
	return nil
}
