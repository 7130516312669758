package shared_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/internal/shared"
)

var errUnreturned = errors.New("the call did not return")

// slow is a call that takes a second and returns how many were made.
type slow struct{ calls atomic.Int64 }

func (s *slow) read(ctx context.Context) (int64, error) {
	n := s.calls.Add(1)
	select {
	case <-time.After(time.Second):
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// The first makes a call, and all that come while it runs share the next one.
func TestReadsShareTheNextCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := &shared.Reads[int64]{Unreturned: errUnreturned}, &slow{}
		var readers sync.WaitGroup
		want := func(n int64) {
			if got, err := r.Do(t.Context(), s.read); err != nil || got != n {
				t.Errorf("got the call %d, %v; want %d", got, err, n)
			}
		}
		readers.Go(func() { want(1) })
		synctest.Wait()
		for range 20 {
			readers.Go(func() { want(2) })
		}
		readers.Wait()
		want(3) // nothing is kept
	})
}

// One reader who leaves fails nobody else.
func TestTheReaderWhoMakesTheCallLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := &shared.Reads[int64]{Unreturned: errUnreturned}, &slow{}
		go func() { _, _ = r.Do(t.Context(), s.read) }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error, 1)
		go func() { _, err := r.Do(ctx, s.read); left <- err }() // it has the turn after the first
		synctest.Wait()
		var readers sync.WaitGroup
		for range 3 {
			readers.Go(func() {
				if _, err := r.Do(t.Context(), s.read); err != nil {
					t.Errorf("a reader that stays: %v", err)
				}
			})
		}
		time.Sleep(1500 * time.Millisecond)
		cancel()
		if err := <-left; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the one who left: %v", err)
		}
		readers.Wait()
		if n := s.calls.Load(); n > 4 { // of three that begin anew one may begin before the others come
			t.Errorf("%d calls, want at most 4", n)
		}
	})
}

func TestAReaderWhoseContextEndsWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := &shared.Reads[int64]{Unreturned: errUnreturned}, &slow{}
		go func() { _, _ = r.Do(t.Context(), s.read) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := r.Do(ctx, s.read); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 100*time.Millisecond {
			t.Errorf("Do = %v after %v", err, time.Since(start))
		}
		time.Sleep(time.Second)
	})
}

// A call that ends its goroutine is an error for those who waited for it, and the
// next one is made.
func TestACallThatDoesNotReturn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := &shared.Reads[int64]{Unreturned: errUnreturned}, &slow{}
		go func() { _, _ = r.Do(t.Context(), s.read) }()
		synctest.Wait()
		failed := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := r.Do(t.Context(), func(context.Context) (int64, error) { runtime.Goexit(); return 0, nil })
				failed <- err
			}()
		}
		if err := <-failed; !errors.Is(err, errUnreturned) {
			t.Errorf("the one who waited got %v", err)
		}
		if _, err := r.Do(t.Context(), s.read); err != nil {
			t.Errorf("the next call: %v", err)
		}
	})
}
