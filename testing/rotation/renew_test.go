package rotation_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
	"github.com/secretmux/secretmux/testing/faults"
)

// A hundred clients that are refused for two seconds cost the backend a handful of
// reads.
func TestRenewStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Hour}, map[string]string{"a": "1"})
		live := rigs.Must(r.Watch(t.Context(), "a"))
		r.WantCalls(1)
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				for start := time.Now(); time.Since(start) < 2*time.Second; time.Sleep(10 * time.Millisecond) {
					if changed, err := live.Renew(t.Context(), live.Current()); changed || err != nil {
						t.Errorf("Renew = %t, %v", changed, err)
					}
				}
			})
		}
		wg.Wait()
		if n := r.Backend.Calls.Swap(0); n < 2 || n > 8 {
			t.Errorf("%d reads, want 2 to 8", n)
		}
		r.Memory.Set("a", "2")
		r.Pass(5 * time.Second)
		used := live.Current()
		if changed, err := live.Renew(t.Context(), used); !changed || err != nil || live.Current().Reveal() != "2" {
			t.Errorf("Renew after a change = %t, %v", changed, err)
		}
		r.WantCalls(1)
		if changed, err := live.Renew(t.Context(), used); !changed || err != nil {
			t.Errorf("Renew of a value that was replaced = %t, %v", changed, err)
		}
		r.WantCalls(0)
	})
}

func TestRenewTellsWhyNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Hour, MaxStale: time.Hour}, map[string]string{"a": "1", "b": "1"})
		a, b := rigs.Must(r.Watch(t.Context(), "a")), rigs.Must(r.Watch(t.Context(), "b"))
		r.Fail(secretmux.ErrUnavailable)
		changed, err := a.Renew(t.Context(), a.Current())
		var e *secretmux.Error
		if changed || !errors.Is(err, secretmux.ErrUnavailable) || !errors.As(err, &e) || e.Name != "a" {
			t.Errorf("Renew = %t, %v", changed, err)
		}
		b.Stop()
		if _, err := b.Renew(t.Context(), b.Current()); !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("Renew after Stop = %v", err)
		}
		_ = r.Close()
		if _, err := a.Renew(t.Context(), a.Current()); !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("Renew after Close = %v", err)
		}
	})
}

// A client with a bad credential can't cause a downgrade through a replica that lags.
func TestRenewHoldsTheGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Hour}, map[string]string{"a": "1"})
		r.Memory.Set("a", "2")
		live := rigs.Must(r.Watch(t.Context(), "a"))
		lagging := secretmux.NewSecret([]byte("1"), secretmux.Meta{Version: "1", Source: live.Current().Source()})
		r.Faults.Inject(faults.Always(faults.Step{Secret: lagging}))
		if changed, _ := live.Renew(t.Context(), live.Current()); changed || live.Current().Reveal() != "2" {
			t.Errorf("Renew went back to an older version")
		}
	})
}

// After a rotation the previous version is another one than before.
func TestARotationMakesThePreviousVersionDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Hour}, map[string]string{"k": "1"})
		r.Memory.Set("k", "2")
		r.Want("k", "2")
		r.Want("k?version=previous", "1")
		r.Memory.Set("k", "3")
		if err := r.Refresh(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
		r.Pass(time.Second)
		r.Want("k?version=previous", "2")
	})
}

// A name that is watched and absent is looked for at the pace of its links.
func TestThePaceOfAnAbsentName(t *testing.T) {
	quick := &paced{rigs.Has("", "other", "x"), 2 * time.Second}
	for config, want := range map[string]int64{
		"x:?ttl=10s":           6, // the link's own ttl=
		"x:?ttl=10s,q:":        6, // it comes before what a provider advises
		"q:":                   30,
		"x:,q:":                1, // one file among the clouds must not have them asked every two seconds
		"x:?only=y/*,q:":       30,
		"x:":                   1,
		"x:?ttl=30s,x:":        4,
		"x:?ttl=0,q:":          1,
		"x:|x:?ttl=20s":        3,
		"x:?ttl=20s&on=denied": 3,
	} {
		synctest.Test(t, func(t *testing.T) {
			x := rigs.Has("", "other", "x")
			s := rigs.Must((&secretmux.Opener{
				Backends: []secretmux.Backend{rigs.Answers("x", rigs.Plain(x), nil), rigs.Answers("q", quick, nil)},
				Options:  secretmux.Options{TTL: time.Minute},
			}).Open(t.Context(), config))
			defer func() { _ = s.Close() }()
			rigs.Must(s.OnRotate("absent", new(rigs.Told).Call))
			synctest.Wait()
			x.Gets.Store(0)
			quick.Gets.Store(0)
			time.Sleep(time.Minute + time.Millisecond)
			synctest.Wait()
			if n := max(x.Gets.Load(), quick.Gets.Load()); n < want-1 || n > want+1 {
				t.Errorf("%s: looked for %d times in a minute, want %d", config, n, want)
			}
		})
	}
}

type paced struct {
	*rigs.Backend
	every time.Duration
}

func (p *paced) DefaultTTL() time.Duration { return p.every }
