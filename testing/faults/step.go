package faults

import (
	"context"
	"time"
)

// wait waits for the step's latency, or hangs. It returns the error of a ctx that
// ends during the wait.
func (s Step) wait(ctx context.Context) error {
	if s.Latency > 0 {
		timer := time.NewTimer(s.Latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if s.Hang {
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

// longer is a step that waits for both.
func (s Step) longer(t Step) Step {
	return Step{Latency: max(s.Latency, t.Latency), Hang: s.Hang || t.Hang}
}
