package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// interrupts ends a context at SIGINT or SIGTERM.
type interrupts struct {
	cancel  context.CancelCauseFunc
	release func() // stops handling the signals, but does not end the context
}

// withSignals returns a context that ends at SIGINT or SIGTERM. A second signal
// ends the process in the usual way. A signal that was ignored when the process
// started stays ignored.
func withSignals(ctx context.Context) (context.Context, *interrupts) {
	ctx, cancel := context.WithCancelCause(ctx)
	received := make(chan os.Signal, 1)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !signal.Ignored(sig) {
			signal.Notify(received, sig)
		}
	}
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case sig := <-received:
			signal.Stop(received)
			cancel(&interruptError{sig: sig})
		case <-quit:
		}
	}()
	return ctx, &interrupts{cancel: cancel, release: sync.OnceFunc(func() {
		signal.Stop(received)
		close(quit)
		<-ended
	})}
}

// stop releases the signals and ends the context.
func (i *interrupts) stop() {
	i.release()
	i.cancel(nil)
}

// interruptError says which signal ended the command.
type interruptError struct{ sig os.Signal }

func (e *interruptError) Error() string { return "interrupted" }

// interruption returns an error if a signal ended ctx, otherwise nil.
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
