package spare_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/internal/spare"
)

func TestASignalIsHeardOnceAndUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s spare.Signals
		last := s.New()
		for range 10 {
			g := last
			time.AfterFunc(time.Second, g.Send)
			start := time.Now()
			if err := s.Wait(t.Context(), g); err != nil || time.Since(start) != time.Second {
				t.Fatalf("it waited for %v: %v", time.Since(start), err)
			}
			if last = s.New(); last != g {
				t.Error("the signal that was heard is not used again")
			}
		}
		if s.New() == last {
			t.Error("two callers have one signal")
		}
	})
}

func TestASignalThatWasSentBefore(t *testing.T) {
	var s spare.Signals
	g := s.New()
	g.Send()
	if err := s.Wait(context.Background(), g); err != nil {
		t.Error(err)
	}
}

// A caller who leaves takes the signal along: sent later, it must wake no other.
func TestACallerWhoLeavesTakesTheSignalAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s spare.Signals
		g := s.New()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Wait(ctx, g); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the end of the context", err)
		}
		g.Send() // and this does not block
		other := s.New()
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Wait(ctx, other); err == nil {
			t.Error("a signal for one caller has woken another")
		}
	})
}
