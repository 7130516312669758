// Failures shows how a service reacts to an error of each class.
//
//	go run ./examples/failures
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// act says how to react to the error of a Get.
func act(err error) string {
	switch {
	case err == nil:
		return "use it"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "end the request: its caller is gone or out of time"
	case errors.Is(err, secretmux.ErrNotFound):
		return "take the default, or leave the feature off: it is provably absent"
	case errors.Is(err, secretmux.ErrUnavailable), errors.Is(err, secretmux.ErrThrottled):
		return "answer 503, and try at the next request: the store has the pauses"
	case errors.Is(err, secretmux.ErrDenied), errors.Is(err, secretmux.ErrUnauthenticated), errors.Is(err, secretmux.ErrDisabled):
		return "tell the operator: it was taken away"
	case errors.Is(err, secretmux.ErrInvalid):
		return "do not start: the name or the set-up is wrong"
	}
	return "do not use it, and tell the operator"
}

func run(ctx context.Context, out io.Writer) error {
	injector := faults.New(faults.Options{})
	backend := memory.New(map[string]string{"db/password": "s3cret", "old/token": "t", "role": "r", "region": "e"})
	store, err := secretmux.Open(ctx, "memory:?retry=off", injector.Backend(backend.Backend()))
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	backend.Disable("old/token")
	injector.Inject(
		faults.Always(faults.Step{Err: secretmux.ErrDenied}, "role"),
		faults.Always(faults.Step{Err: secretmux.ErrUnavailable}, "region"),
	)

	for _, ref := range []string{"db/password", "feature/key", "old/token", "role", "region", "/etc/passwd"} {
		_, err := store.Get(ctx, ref)
		_, _ = fmt.Fprintf(out, "%-12s %s\n", ref, act(err))
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err = store.Get(ended, "another")
	_, _ = fmt.Fprintf(out, "%-12s %s\n", "another", act(err))
	return nil
}
