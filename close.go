package secretmux

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	closeCalls    = time.Second     // how long Close waits for calls that ignore that they are cancelled
	closeProvider = 5 * time.Second // and for the providers' own Close
)

// Close ends the store. It cancels reads and callbacks under way and closes the
// provider. For calls of the provider that ignore that they were cancelled it
// waits 1 s at most, for the provider's Close 5 s; what then still runs is counted
// in the error. It never waits for callbacks, Options.Validate or Observers, so
// that it may be called from anywhere, also from these; see [Store.Shutdown].
//
// After it every call is ErrClosed and no callback or event begins; those that
// have been handed over may end later. A second Close waits for the first and
// returns the same.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

func (s *Store) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeCalls)
	defer cancel()
	left := s.cache.Close()
	left = max(left, s.provider.drain(ctx)) // those that a link left behind are no longer the cache's
	done := make(chan error, 1)
	go func() {
		done <- func() (err error) {
			_, err = guarded(context.Background(), s.provider, func(context.Context, node) (struct{}, error) {
				return struct{}{}, s.provider.Close()
			})
			return err
		}()
	}()
	patience := time.NewTimer(closeProvider)
	defer patience.Stop()
	var errs []error
	if left > 0 {
		errs = append(errs, &Error{
			Op: "close", Source: s.String(), Err: fmt.Errorf("%d call(s) of the provider still run", left),
			Hint: "they ignore that they were cancelled, as a read of a mount that hangs does",
		})
	}
	select {
	case err := <-done:
		errs = append(errs, err)
	case <-patience.C:
		errs = append(errs, &Error{
			Op: "close", Source: s.String(), Err: errors.New("the provider's Close still runs after " + closeProvider.String()),
		})
	}
	return errors.Join(errs...)
}

// Shutdown is Close, and then waits until callbacks, Options.Validate and
// Observers that were running have ended, or until ctx ends; then its error joins
// ctx's. Called inside a callback it waits for itself, until ctx ends.
func (s *Store) Shutdown(ctx context.Context) error {
	err := s.Close()
	if waited := s.cache.Shutdown(ctx); waited != nil {
		return errors.Join(err, &Error{
			Op: "shutdown", Err: fmt.Errorf("callbacks are still running: %w", waited), Hint: "callbacks must return when their context ends",
		})
	}
	return err
}
