package dotenv

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// fakePipe takes a second for each read. It counts the reads, and the reads that run
// at the same time.
type fakePipe struct {
	reads, now atomic.Int32
	overlap    atomic.Bool
}

func (f *fakePipe) pipe() *pipe {
	p := newPipe("")
	p.look = func(ctx context.Context, _ bool) intake {
		if f.now.Add(1) > 1 {
			f.overlap.Store(true)
		}
		defer f.now.Add(-1)
		n := f.reads.Add(1)
		select {
		case <-time.After(time.Second):
			return intake{data: []byte{byte(n)}}
		case <-ctx.Done():
			return intake{err: ctx.Err()}
		}
	}
	return p
}

func TestReadsOfAFIFOAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fakePipe
		p := f.pipe()
		var wg sync.WaitGroup
		read := func(want byte) {
			wg.Go(func() {
				if data, _, err := p.read(t.Context()); err != nil || data[0] != want {
					t.Errorf("got %v, %v, want the read %d", data, err, want)
				}
			})
			synctest.Wait()
		}
		read(1)
		for range 19 {
			read(2) // the first has begun: its content may be older than the call
		}
		time.Sleep(1500 * time.Millisecond)
		read(3) // the second has begun too
		wg.Wait()
		read(4)
		wg.Wait()
		if f.reads.Load() != 4 || f.overlap.Load() {
			t.Errorf("%d reads, two at a time: %v", f.reads.Load(), f.overlap.Load())
		}
	})
}

// A caller that waits gets a read of its own when the caller before it gives up.
func TestAFIFOOutlivesItsFirstReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fakePipe
		p := f.pipe()
		brief, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		var wg sync.WaitGroup
		for _, ctx := range []context.Context{brief, brief, t.Context(), t.Context()} {
			wg.Go(func() {
				start := time.Now()
				_, _, err := p.read(ctx)
				took := time.Since(start)
				if ctx == brief && (!errors.Is(err, context.DeadlineExceeded) || took != time.Second/2) || ctx != brief && err != nil {
					t.Errorf("after %v: %v", took, err)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
		if f.overlap.Load() {
			t.Error("two read at a time")
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if _, _, err := p.read(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("a context that ended before: %v", err)
		}
	})
}

func TestGiveUpBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for limit, want := range map[time.Duration]time.Duration{
			10 * time.Second: 9900 * time.Millisecond, time.Second: 900 * time.Millisecond, 10 * time.Millisecond: 9 * time.Millisecond,
		} {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			if got := time.Until(giveUp(ctx)); got != want {
				t.Errorf("with %v it gives up after %v, want %v", limit, got, want)
			}
			cancel()
		}
		if !giveUp(t.Context()).IsZero() {
			t.Error("it gives up without a deadline")
		}
	})
}
