package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// withSignals is ctx until SIGINT or SIGTERM. A second one ends the process as
// ever.
func withSignals(ctx context.Context) (with context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	received := make(chan os.Signal, 1)
	signal.Notify(received, os.Interrupt, syscall.SIGTERM)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case sig := <-received:
			signal.Stop(received)
			cancel(&interruptError{sig: sig})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(received)
		cancel(nil)
		<-ended
	}
}

// interruptError says which signal ended the command.
type interruptError struct{ sig os.Signal }

func (e *interruptError) Error() string { return "interrupted" }

// interruption is the error for a ctx that a signal ended, else nil.
func interruption(ctx context.Context) error {
	var by *interruptError
	if !errors.As(context.Cause(ctx), &by) {
		return nil
	}
	code := codeSignal
	if number, ok := by.sig.(syscall.Signal); ok {
		code += int(number)
	}
	return &codeError{code: code, err: by}
}
