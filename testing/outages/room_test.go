package outages_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

// A burst of reads of different names, all of which hang, leaves no more calls behind
// than reads one after another.
func TestABurstOfReadsThatHangIsCapped(t *testing.T) {
	for name, read := range map[string]func(context.Context, secretmux.Provider, string) error{
		"Get": func(ctx context.Context, p secretmux.Provider, name string) error {
			_, err := p.Get(ctx, name)
			return err
		},
		"GetVersion": func(ctx context.Context, p secretmux.Provider, name string) error {
			_, err := secretmux.GetVersion(ctx, p, name, "current")
			return err
		},
		"GetMany": func(ctx context.Context, p secretmux.Provider, name string) error {
			results, err := secretmux.GetMany(ctx, p, []string{name, name + "/b"})
			return errors.Join(err, results[0].Err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDeaf()
				s := rigs.Must(secretmux.Open(t.Context(), "deaf:?timeout=1s", rigs.Answers("deaf", unbatched{d}, nil)))
				defer func() { _ = s.Close() }()
				defer close(d.release)
				var burst sync.WaitGroup
				for i := range 100 {
					n := "n" + strconv.Itoa(i)
					d.hang(n, n+"/b")
					burst.Go(func() {
						start := time.Now()
						if err := read(t.Context(), s, n); !errors.Is(err, secretmux.ErrUnavailable) {
							t.Errorf("%s: %v", n, err)
						}
						if took := time.Since(start); took > 1200*time.Millisecond {
							t.Errorf("%s took %v", n, took)
						}
					})
				}
				burst.Wait()
				if n := d.Gets.Load(); n > 16 {
					t.Errorf("%d calls hang, want at most 16", n)
				}
			})
		})
	}
}

// Answers to other names make no room for more that hang.
func TestABurstOfWhichSomeHangIsCapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeaf()
		c := rigs.ChainOf(rigs.Must(secretmux.Open(t.Context(), "deaf:?timeout=1s", rigs.Answers("deaf", unbatched{d}, nil))))
		defer func() { _ = c.Close() }()
		defer close(d.release)
		var hung atomic.Int64
		var burst sync.WaitGroup
		for i := range 400 {
			n := "n" + strconv.Itoa(i)
			if i%4 == 0 {
				d.hang(n)
			}
			burst.Go(func() {
				if _, err := c.Get(t.Context(), n); errors.Is(err, secretmux.ErrUnavailable) && strings.Contains(err.Error(), "does not stop") {
					hung.Add(1)
				}
			})
		}
		burst.Wait()
		if hung.Load() > 16 {
			t.Errorf("%d calls were left behind, want at most 16", hung.Load())
		}
	})
}

// A backend that answers gets a burst within a few rounds.
func TestABurstOfReadsThatAreAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const takes = 20 * time.Millisecond
		var running, most atomic.Int64
		c := rigs.ChainOf(secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			time.Sleep(takes)
			return secretmux.NewSecret(nil, secretmux.Meta{}), nil
		}))
		start := time.Now()
		var burst sync.WaitGroup
		for i := range 1000 {
			burst.Go(func() { rigs.WantSecret(t, "")(c.Get(t.Context(), "n"+strconv.Itoa(i))) })
		}
		burst.Wait()
		if took := time.Since(start); took > 7*takes { // 16, 32, 64, 128, 256, 504
			t.Errorf("1000 reads of %v each took %v", takes, took)
		}
		if most.Load() < 256 {
			t.Errorf("at most %d ran side by side", most.Load())
		}
	})
}

// A caller that waits for room stops when its own context ends, and takes no room.
func TestWaitingForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeaf("free", "x")
		c := rigs.ChainOf(rigs.Must(secretmux.Open(t.Context(), "deaf:?timeout=10s", rigs.Answers("deaf", unbatched{d}, nil))))
		defer func() { _ = c.Close() }()
		for i := range 16 {
			n := "n" + strconv.Itoa(i)
			d.hang(n)
			go func() { _, _ = c.Get(context.Background(), n) }()
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Get(ctx, "free"); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("Get = %v, want the caller's own deadline", err)
		}
		if err := c.Check(t.Context()); err != nil {
			t.Errorf("Check = %v, want it to be made", err)
		}
		var late atomic.Bool
		go func() {
			rigs.WantSecret(t, "x")(c.Get(t.Context(), "free"))
			late.Store(true)
		}()
		synctest.Wait()
		if late.Load() {
			t.Error("a 17th call ran beside 16 that hang")
		}
		close(d.release)
		synctest.Wait()
		if !late.Load() {
			t.Error("a read was not let through when there was room again")
		}
	})
}
