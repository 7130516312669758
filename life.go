package secretmux

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// A deployment that can't work should fail while it is watched, and a single 500
	// should not fail it.
	preloadPatience = time.Second            // how long Preload reads again what failed for the moment
	preloadPause    = 100 * time.Millisecond // before the first such round, then twice that, and so on
)

// Preload reads refs into the cache, so that a service fails at its start and not
// at its first request. All problems come in one *[ManyError]. Those refs that are
// ErrUnavailable are read again in the first second, as a start with forty secrets
// must not fail by one 500. A backend that takes longer to fail is told at once.
//
// Until a Preload of a ref that failed has succeeded, [Store.Ready] is an error.
func (s *Store) Preload(ctx context.Context, refs ...string) error {
	// The first round reads everything in one batch. The rounds after it are for what
	// failed for the moment, and become rarer.
	start := time.Now()
	// A ref that fails is not taken out of the cache: what the cache remembers of it,
	// Get would say as well.
	results, cached := s.getEvery(ctx, refs)
	for pause := preloadPause; time.Since(start)+pause < preloadPatience; pause *= 2 {
		// Only an outage may be over in a second. To ask again after a denial would
		// only delay the message.
		again := unavailableIn(results)
		if len(again) == 0 || !pauseFor(ctx, pause) {
			break
		}
		retried, fromCache := s.getEvery(ctx, pick(refs, again))
		for k, i := range again {
			results[i], cached[i] = retried[k], fromCache[k]
		}
	}
	failed := map[string]error{}
	for i, r := range results {
		s.tellRead(ctx, refs[i], r.Secret, cached[i], r.Err) // once, however often it was read
		if r.Err != nil {
			failed[refs[i]] = r.Err
		}
	}
	err := manyError(failed)
	// Also after a success, which clears what an earlier Preload has left.
	s.preloads.note(refs, err)
	return err
}

// getMany is GetMany, but it does not tell Options.OnRead.
//
// Preload reads several times and tells once.
func (s *Store) getMany(ctx context.Context, refs []string) (results []Result, cached []bool, err error) {
	switch {
	// A closed store says so even if the caller has left as well.
	case s.cache.Closed():
		return nil, nil, closedError("get")
	case ctx.Err() != nil:
		return nil, nil, &Error{Op: "get", Err: ctx.Err()}
	}
	results, cached = make([]Result, len(refs)), make([]bool, len(refs))
	for i, r := range s.cache.GetMany(ctx, refs) {
		results[i], cached[i] = Result{Name: refs[i], Secret: r.Value}, r.Cached
		if r.Err != nil {
			// The error names the ref as this caller wrote it: others wait for the same
			// load under other names.
			results[i] = Result{Name: refs[i], Err: s.describe("get", refs[i], r.Err)}
		}
	}
	return results, cached, nil
}

// getEvery is getMany, but the error of the call as a whole is that of each ref.
func (s *Store) getEvery(ctx context.Context, refs []string) (results []Result, cached []bool) {
	results, cached, err := s.getMany(ctx, refs)
	if err == nil {
		return results, cached
	}
	results, cached = make([]Result, len(refs)), make([]bool, len(refs))
	for i, ref := range refs {
		results[i] = Result{Name: ref, Err: err}
	}
	return results, cached
}

// unavailableIn returns the indices of the results that failed for the moment.
func unavailableIn(results []Result) []int {
	var indices []int
	for i, r := range results {
		if errors.Is(ClassOf(r.Err), ErrUnavailable) {
			indices = append(indices, i)
		}
	}
	return indices
}

// pauseFor waits for d. It returns false when ctx ended first.
func pauseFor(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// maxPreloads bounds the memory for references whose Preload failed.
const maxPreloads = 1 << 12

// preloads remembers what could not be preloaded, for Ready.
//
// A service whose Preload failed and that went on all the same is not ready: it said
// itself what it needs.
type preloads struct {
	mu     sync.Mutex
	failed map[string]error
}

// note takes in the outcome of a Preload of refs: those that succeeded are forgotten.
func (p *preloads) note(refs []string, err error) {
	var many *ManyError
	errors.As(err, &many)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ref := range refs {
		delete(p.failed, ref)
		if many == nil || many.Failed[ref] == nil || len(p.failed) >= maxPreloads {
			continue
		}
		if p.failed == nil {
			p.failed = map[string]error{}
		}
		p.failed[ref] = many.Failed[ref]
	}
}

// errs are the errors of those that have not succeeded since.
func (p *preloads) errs() []error {
	p.mu.Lock()
	defer p.mu.Unlock()
	errs := make([]error, 0, len(p.failed))
	for _, err := range p.failed {
		errs = append(errs, err)
	}
	return errs
}

const (
	// Long enough for a call that honours its context, and short enough for a shutdown
	// that has its own deadline.
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

// close is the work of Close. First no new call begins and those under way are
// cancelled, then the provider is closed: a provider that takes its connections away
// from a running read is hard to write.
func (s *Store) close() error {
	// It takes no context of a caller: Close is in a defer, where the caller's has
	// ended.
	ctx, cancel := context.WithTimeout(context.Background(), closeCalls)
	defer cancel()
	left := s.cache.Close()
	left = max(left, s.provider.drain(ctx)) // those that a link left behind are no longer the cache's
	// A Close that hangs is left behind, as a read is. The channel has room, so that it
	// can end later.
	done := make(chan error, 1)
	go func() {
		done <- func() (err error) {
			_, err = guarded(context.Background(), s.provider, func(context.Context, node) (struct{}, error) {
				return struct{}{}, s.provider.Close()
			})
			return err
		}()
	}()
	// Flushing a connection takes longer than giving up a read.
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
	err := s.Close() //nolint:contextcheck // Close has bounds of its own
	// Close comes first, so that no callback begins while this waits for the last one.
	if waited := s.cache.Shutdown(ctx); waited != nil {
		return errors.Join(err, &Error{
			Op: "shutdown", Err: fmt.Errorf("callbacks are still running: %w", waited), Hint: "callbacks must return when their context ends",
		})
	}
	return err
}
