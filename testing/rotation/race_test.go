package rotation_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
	"github.com/secretmux/secretmux/testing/faults"
)

// The test does everything at the same time, for the race detector and for unforeseen
// cases. There are few invariants: no mix of two documents, no error that the faults
// don't explain, and no running work after Close.
func TestStoreEverythingAtOnce(t *testing.T) {
	for round := range 20 {
		t.Run(strconv.Itoa(round), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { everythingAtOnce(t, uint64(round)) })
		})
	}
}

func everythingAtOnce(t *testing.T, seed uint64) {
	secrets := map[string]string{"a": pair(0), "b": pair(0), "c": pair(0)}
	r := rigs.New(t, secretmux.Options{
		TTL: time.Second, MaxStale: 3 * time.Second, NegativeTTL: time.Second, Timeout: 2 * time.Second, MaxEntries: 8,
		Validate: func(_ context.Context, rot secretmux.Rotation) error {
			if time.Now().UnixMilli()%5 == 0 {
				return errPing
			}
			wantPair(t, rot.New)
			return nil
		},
	}, secrets)
	r.Faults.Inject(
		faults.Rule{Steps: []faults.Step{{Latency: 300 * time.Millisecond}}, Repeat: true, Rate: 0.3},
		faults.Rule{Steps: []faults.Step{{Err: secretmux.ErrUnavailable}, {Err: secretmux.ErrDenied}, {Hang: true}}, Repeat: true, Rate: 0.2},
	)
	var wg sync.WaitGroup
	for worker := range 8 {
		rng := rand.New(rand.NewPCG(seed, uint64(worker)))
		wg.Go(func() {
			for range 60 {
				anything(t, r, rng)
				time.Sleep(time.Duration(rng.IntN(200)) * time.Millisecond)
			}
		})
	}
	if seed%2 == 0 {
		wg.Wait()
	} else {
		time.Sleep(5 * time.Second)
	}
	if err := r.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	wg.Wait()
}

func anything(t *testing.T, r *rigs.Rig, rng *rand.Rand) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(1+rng.IntN(3000))*time.Millisecond)
	defer cancel()
	name := string(rune('a' + rng.IntN(4))) // d is absent
	switch rng.IntN(9) {
	case 0:
		if name != "d" {
			r.Memory.Set(name, pair(rng.IntN(1000)))
		}
	case 1:
		got, err := r.GetAll(ctx, name+"#user", name+"#pass", "a")
		wantExplained(t, err)
		if user, ok := got[name+"#user"]; ok && user.Reveal()[1:] != got[name+"#pass"].Reveal()[1:] && err == nil {
			t.Errorf("GetMany mixed %q with %q", user.Reveal(), got[name+"#pass"].Reveal())
		}
	case 2:
		wantExplained(t, r.Refresh(ctx, name, name+"#user"))
	case 3:
		r.Invalidate(name, "a#user")
	case 4:
		if live, err := r.Watch(ctx, name); err == nil {
			wantPair(t, live.Current())
			time.Sleep(time.Second)
			wantPair(t, live.Current())
			live.Stop()
		}
	case 5:
		stop, err := r.Store.OnRotate(name, func(_ context.Context, rot secretmux.Rotation) error {
			wantPair(t, rot.New)
			if rot.Old.Equal(rot.New) {
				t.Error("a rotation without a change")
			}
			return errPool
		})
		if wantExplained(t, err); err != nil {
			return
		}
		time.Sleep(time.Second)
		stop()
	case 6:
		_ = r.Status()
		_ = r.Check(ctx)
	default:
		got, err := r.Get(ctx, name)
		wantExplained(t, err)
		if err == nil {
			wantPair(t, got)
		}
	}
}

func wantExplained(t *testing.T, err error) {
	t.Helper()
	var many *secretmux.ManyError
	if errors.As(err, &many) {
		for _, err := range many.Failed {
			wantExplained(t, err)
		}
		return
	}
	if err == nil {
		return
	}
	for _, known := range []error{
		secretmux.ErrNotFound, secretmux.ErrDenied, secretmux.ErrUnavailable, secretmux.ErrRefused, secretmux.ErrClosed,
		context.DeadlineExceeded,
	} {
		if errors.Is(err, known) {
			return
		}
	}
	t.Errorf("nobody made it fail with %v", err)
}
