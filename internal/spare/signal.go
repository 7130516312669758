package spare

import (
	"context"
	"sync/atomic"
)

// Signals makes signals, with each of which one caller waits for one event. It keeps the last
// signal that was heard for the next wait. The zero Signals is ready to use, by any number of
// goroutines.
type Signals struct{ kept atomic.Pointer[Signal] }

// Signal wakes one caller, once.
type Signal struct {
	// It has room for one element, so that Send never waits for a caller who has left.
	sent chan struct{}
}

// New returns a signal, for one Send and one Wait.
func (s *Signals) New() *Signal {
	if kept := s.kept.Swap(nil); kept != nil {
		return kept
	}
	return &Signal{sent: make(chan struct{}, 1)}
}

// Send wakes the caller, now or when it comes to wait. It never blocks.
func (g *Signal) Send() { g.sent <- struct{}{} }

// Wait waits until g is sent, or ctx ends; then it returns ctx's error.
func (s *Signals) Wait(ctx context.Context, g *Signal) error {
	select {
	case <-g.sent:
		s.kept.Store(g)
		return nil
	case <-ctx.Done():
		// g is not kept: it may still be sent, and would wake the next caller for nothing.
		return ctx.Err()
	}
}
