package secretmux

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
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
	start := time.Now()
	_, err := s.GetAll(ctx, refs...)
	for pause := preloadPause; time.Since(start)+pause < preloadPatience; pause *= 2 {
		again := unavailableIn(err)
		if len(again) == 0 || !pauseFor(ctx, pause) {
			break
		}
		_, retried := s.GetAll(ctx, again...)
		err = replaceFailures(err, again, retried)
	}
	s.preloads.note(refs, err)
	return err
}

// unavailableIn returns the references that failed for the moment.
func unavailableIn(err error) []string {
	var many *ManyError
	if !errors.As(err, &many) {
		return nil
	}
	var refs []string
	for ref, err := range many.Failed {
		if errors.Is(ClassOf(err), ErrUnavailable) {
			refs = append(refs, ref)
		}
	}
	return refs
}

// replaceFailures returns err with the outcomes of refs that were read again.
func replaceFailures(err error, refs []string, retried error) error {
	var before, after *ManyError
	if !errors.As(err, &before) {
		return err
	}
	failed := make(map[string]error, len(before.Failed))
	for ref, err := range before.Failed {
		failed[ref] = err
	}
	for _, ref := range refs {
		delete(failed, ref)
	}
	if errors.As(retried, &after) {
		for ref, err := range after.Failed {
			failed[ref] = err
		}
	}
	return manyError(failed)
}

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
type preloads struct {
	mu     sync.Mutex
	failed map[string]error
}

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

func (p *preloads) errs() []error {
	p.mu.Lock()
	defer p.mu.Unlock()
	errs := make([]error, 0, len(p.failed))
	for _, err := range p.failed {
		errs = append(errs, err)
	}
	return errs
}
