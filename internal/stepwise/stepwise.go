// Package stepwise pulls from an iterator one step at a time, where a step may have
// to be left behind because it does not return.
package stepwise

import (
	"context"
	"iter"
	"sync"
)

// Steps are those of one iterator. A step that was left behind may still be running
// when the steps are closed; then the step closes the iterator.
type Steps[T any] struct {
	begin func() iter.Seq2[T, error]
	pull  func() (T, error, bool)
	stop  func()

	mu     sync.Mutex
	busy   bool
	closed bool
}

// Step is what one step brought. More is false after the last one.
type Step[T any] struct {
	Value T
	More  bool
}

// New returns the steps of the iterator that begin makes at the first step, so that a
// caller which makes no step begins nothing.
func New[T any](begin func() iter.Seq2[T, error]) *Steps[T] { return &Steps[T]{begin: begin} }

// Next makes one step. It is ctx's error where the iterator ends because ctx has: a
// list that was cut short would pass for the whole.
func (s *Steps[T]) Next(ctx context.Context) (Step[T], error) {
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
	value, err, more := s.pull()
	if err == nil && !more {
		err = ctx.Err()
	}
	return Step[T]{value, more}, err
}

// Close ends the iterator, now or, while a step runs, after it: iter.Pull's stop may
// not run beside its next.
func (s *Steps[T]) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed = true; !s.busy && s.stop != nil {
		s.stop()
	}
}
