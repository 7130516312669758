package stepwise_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"

	"github.com/secretmux/secretmux/internal/stepwise"
)

func counting(n int, ended *bool) func() iter.Seq2[int, error] {
	return func() iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			defer func() { *ended = true }()
			for i := range n {
				if !yield(i, nil) {
					return
				}
			}
		}
	}
}

func TestSteps(t *testing.T) {
	var ended bool
	s := stepwise.New(counting(2, &ended))
	for i := range 2 {
		if step, err := s.Next(t.Context()); err != nil || !step.More || step.Value != i {
			t.Errorf("step %d: %+v, %v", i, step, err)
		}
	}
	if step, err := s.Next(t.Context()); err != nil || step.More {
		t.Errorf("after the last: %+v, %v", step, err)
	}
	s.Close()
	if !ended {
		t.Error("the iterator was not ended")
	}
}

// A list that stops because its context has ended is not at its end.
func TestStepsAfterTheContextEnded(t *testing.T) {
	var ended bool
	s := stepwise.New(counting(0, &ended))
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Next = %v, want the context's error", err)
	}
}

func TestCloseOfStepsThatNeverBegan(t *testing.T) {
	stepwise.New(func() iter.Seq2[int, error] {
		t.Error("it began")
		return nil
	}).Close()
}

// A step that is left behind ends the iterator itself, when it returns at last.
func TestCloseWhileAStepRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, ended := make(chan struct{}), false
		s := stepwise.New(func() iter.Seq2[int, error] {
			return func(yield func(int, error) bool) {
				defer func() { ended = true }()
				<-release
				yield(1, nil)
			}
		})
		go func() { _, _ = s.Next(t.Context()) }()
		synctest.Wait()
		s.Close()
		if ended {
			t.Error("it was ended under the step")
		}
		close(release)
		synctest.Wait()
		if !ended {
			t.Error("the step did not end it")
		}
	})
}
