package secretmux

import (
	"context"
	"iter"
	"sync"
)

// List yields what the provider lists, without the names that only= leaves out.
// Each step has the link's timeout, so that the time that the caller takes
// doesn't count.
func (l *link) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		within, cancel := context.WithCancel(ctx)
		defer cancel()
		s := &steps{begin: func() iter.Seq2[Info, error] { return List(within, l.provider, prefix) }}
		defer s.close()
		for {
			step, err := bounded(ctx, l, listKey, func(ctx context.Context) (listStep, error) {
				defer context.AfterFunc(ctx, cancel)() //nolint:contextcheck // the step's end ends the list
				return s.next(ctx)
			})
			switch {
			case err != nil:
				yield(Info{}, l.fail("list", "", err))
				return
			case !step.more:
				return
			case !l.policy.only.has(step.info.Name):
				continue
			}
			if step.info.Source == "" || l.inner == nil {
				step.info.Source = l.source
			}
			if !yield(step.info, nil) {
				return
			}
		}
	}
}

// steps pulls from a list one step at a time. A step that was abandoned may still
// be running when the list is closed; then the step closes it.
type steps struct {
	begin func() iter.Seq2[Info, error] // at the first step: the gate may not let one through
	pull  func() (Info, error, bool)
	stop  func()

	mu     sync.Mutex
	busy   bool
	closed bool
}

type listStep struct {
	info Info
	more bool
}

func (s *steps) next(ctx context.Context) (listStep, error) {
	s.mu.Lock()
	s.busy = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.busy = false; s.closed {
			s.stop()
		}
	}()
	if s.pull == nil {
		s.pull, s.stop = iter.Pull2(s.begin())
	}
	info, err, more := s.pull()
	if err == nil && !more {
		err = ctx.Err() // a list that was cut short would pass for the whole
	}
	return listStep{info, more}, err
}

func (s *steps) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed = true; !s.busy && s.stop != nil {
		s.stop()
	}
}
