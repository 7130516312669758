package outages_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

// flaky fails its first reads, each after a while.
type flaky struct {
	*rigs.Backend
	failures atomic.Int64
	class    error
	takes    time.Duration
	retries  bool
}

func (f *flaky) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if f.failures.Add(-1) < 0 {
		return f.Backend.Get(ctx, name)
	}
	f.Gets.Add(1)
	select {
	case <-time.After(f.takes):
		return secretmux.Secret{}, &secretmux.Error{Op: "get", Class: f.class}
	case <-ctx.Done():
		return secretmux.Secret{}, ctx.Err()
	}
}

func (f *flaky) Retries() bool { return f.retries }

func TestSecondTry(t *testing.T) {
	for name, tt := range map[string]struct {
		class  error
		takes  time.Duration
		config string
		noHint bool // the provider asks for no second try
		calls  int64
	}{
		"a quick 500":                  {secretmux.ErrUnavailable, 20 * time.Millisecond, "flaky:", false, 2},
		"retry=on says so again":       {secretmux.ErrUnavailable, 0, "flaky:?retry=on", true, 2},
		"retry=off":                    {secretmux.ErrUnavailable, 0, "flaky:?retry=off", false, 1},
		"the provider says no":         {secretmux.ErrUnavailable, 0, "flaky:", true, 1},
		"a slow failure":               {secretmux.ErrUnavailable, 260 * time.Millisecond, "flaky:", false, 1},
		"over a quarter of timeout=":   {secretmux.ErrUnavailable, 110 * time.Millisecond, "flaky:?timeout=400ms", false, 1},
		"a timeout of ours":            {secretmux.ErrUnavailable, time.Hour, "flaky:?timeout=100ms", false, 1},
		"throttled":                    {secretmux.ErrThrottled, 0, "flaky:", false, 1},
		"denied":                       {secretmux.ErrDenied, 0, "flaky:", false, 1},
		"unauthenticated":              {secretmux.ErrUnauthenticated, 0, "flaky:", false, 1},
		"corrupt":                      {secretmux.ErrCorrupt, 0, "flaky:", false, 1},
		"the last replica":             {secretmux.ErrUnavailable, 0, "down:|flaky:", false, 2},
		"not the first of replicas":    {secretmux.ErrUnavailable, 0, "flaky:|down:", false, 1},
		"the first link of an overlay": {secretmux.ErrUnavailable, 0, "flaky:,down:", false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &flaky{Backend: rigs.Has("flaky:", "a", "x"), class: tt.class, takes: tt.takes, retries: !tt.noHint}
				f.failures.Store(1)
				down := secretmux.Backend{"down": rigs.Answers("down", rigs.Failing("down:", secretmux.ErrUnavailable), nil)["down"]}
				s := rigs.Must(secretmux.Open(t.Context(), tt.config, rigs.Answers("flaky", plainFlaky{f}, nil), down))
				defer func() { _ = s.Close() }()
				_, err := s.Get(t.Context(), "a")
				if f.Gets.Load() != tt.calls {
					t.Errorf("%d calls, want %d", f.Gets.Load(), tt.calls)
				}
				if ok := err == nil; ok != (tt.calls == 2) {
					t.Errorf("Get: %v", err)
				}
			})
		})
	}
}

// plainFlaky has no batch call.
type plainFlaky struct{ f *flaky }

func (p plainFlaky) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.f.Get(ctx, name)
}
func (p plainFlaky) Retries() bool { return p.f.retries }

// Nobody waits for a background refresh, so it has time.
func TestNoSecondTryInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &flaky{Backend: rigs.Has("flaky:", "a", "x"), class: secretmux.ErrUnavailable, retries: true}
		s := rigs.Must(secretmux.New(plainFlaky{f}, secretmux.Options{TTL: time.Minute, Jitter: -1}))
		defer func() { _ = s.Close() }()
		rigs.Must(s.Watch(t.Context(), "a"))
		f.Gets.Store(0)
		f.failures.Store(1)
		time.Sleep(54*time.Second + 500*time.Millisecond)
		if f.Gets.Load() != 1 {
			t.Errorf("%d calls at the refresh, want 1", f.Gets.Load())
		}
	})
}

// One answer in ten is a 500, at random: a start-up with forty secrets succeeds.
func TestPreloadOverAFlakyBackend(t *testing.T) {
	var names []string
	values := map[string]string{}
	for i := range 40 {
		names = append(names, fmt.Sprintf("n%d", i))
		values[names[i]] = "x"
	}
	for name, batches := range map[string]bool{"single reads": false, "batches": true} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(50) {
				synctest.Test(t, func(t *testing.T) {
					p := &oneInTen{Backend: &rigs.Backend{URI: "x:", Values: values}, rng: rand.New(rand.NewPCG(seed, 1))}
					var provider secretmux.Provider = secretmux.ProviderFunc(p.Get)
					if batches {
						provider = p
					}
					s := rigs.Must(secretmux.New(provider, secretmux.Options{}))
					defer func() { _ = s.Close() }()
					if err := s.Preload(t.Context(), names...); err != nil {
						t.Errorf("seed %d: %v", seed, err)
					}
				})
			}
		})
	}
}

type oneInTen struct {
	*rigs.Backend
	mu  sync.Mutex
	rng *rand.Rand
}

func (o *oneInTen) fails() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.rng.IntN(10) == 0 {
		return &secretmux.Error{Op: "get", Class: secretmux.ErrUnavailable}
	}
	return nil
}

func (o *oneInTen) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if err := o.fails(); err != nil {
		return secretmux.Secret{}, err
	}
	return o.Backend.Get(ctx, name)
}

func (o *oneInTen) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	if err := o.fails(); err != nil {
		return nil, err
	}
	return o.Backend.GetMany(ctx, names)
}

// A start-up during an outage fails within a second, with few calls. If the backend
// hangs, it fails when its timeout is over.
func TestPreloadTellsAnOutageSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := rigs.Failing("x:", secretmux.ErrUnavailable)
		s := rigs.Must(secretmux.New(b, secretmux.Options{}))
		defer func() { _ = s.Close() }()
		start := time.Now()
		err := s.Preload(t.Context(), "a", "b", "c")
		if !errors.Is(err, secretmux.ErrUnavailable) || time.Since(start) > 1200*time.Millisecond || b.Batches.Load() > 8 {
			t.Errorf("Preload = %v after %v and %d calls", err, time.Since(start), b.Batches.Load())
		}
		if err := s.Ready(); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("Ready = %v, want that of the Preload", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := rigs.Must(secretmux.New(rigs.Hanging("hangs:"), secretmux.Options{}))
		defer func() { _ = s.Close() }()
		start := time.Now()
		if err := s.Preload(t.Context(), "a", "b"); !errors.Is(err, secretmux.ErrUnavailable) || time.Since(start) != 10*time.Second {
			t.Errorf("Preload = %v after %v", err, time.Since(start))
		}
	})
}

// partly answers a batch, except for the names that fail at present.
type partly struct {
	*rigs.Backend
	batches [][]string
	fails   map[string]int   // how often each name fails
	class   map[string]error // ErrUnavailable where there is none
	whole   bool             // the second batch fails as a whole
}

func (p *partly) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	p.batches = append(p.batches, slices.Clone(names))
	if p.whole && len(p.batches) > 1 {
		return nil, &secretmux.Error{Class: secretmux.ErrDenied}
	}
	results, err := p.Backend.GetMany(ctx, names)
	for i, name := range names {
		if p.fails[name]--; p.fails[name] >= 0 {
			results[i] = secretmux.Result{Name: name, Err: &secretmux.Error{Class: cmp.Or(p.class[name], secretmux.ErrUnavailable)}}
		}
	}
	return results, err
}

// If a batch is answered except for one name, that name has the second try, once.
func TestSecondTryOfOneNameOfABatch(t *testing.T) {
	for name, tt := range map[string]struct {
		config  string
		fails   map[string]int
		class   map[string]error
		whole   bool
		batches [][]string
		want    map[string]error // what a and b are in the end
	}{
		"one 500":         {"p:", map[string]int{"a": 1}, nil, false, [][]string{{"a", "b", "c"}, {"a"}}, nil},
		"two":             {"p:", map[string]int{"a": 1, "b": 1}, nil, false, [][]string{{"a", "b", "c"}, {"a", "b"}}, nil},
		"for good":        {"p:", map[string]int{"a": 9}, nil, false, [][]string{{"a", "b", "c"}, {"a"}}, map[string]error{"a": secretmux.ErrUnavailable}},
		"all, then one":   {"p:", map[string]int{"a": 2, "b": 1, "c": 1}, nil, false, [][]string{{"a", "b", "c"}, {"a", "b", "c"}}, map[string]error{"a": secretmux.ErrUnavailable}},
		"retry=off":       {"p:?retry=off", map[string]int{"a": 1}, nil, false, [][]string{{"a", "b", "c"}}, map[string]error{"a": secretmux.ErrUnavailable}},
		"a replica":       {"p:|p:", map[string]int{"a": 1}, nil, false, [][]string{{"a", "b", "c"}}, nil},
		"denied":          {"p:", map[string]int{"a": 1}, map[string]error{"a": secretmux.ErrDenied}, false, [][]string{{"a", "b", "c"}}, map[string]error{"a": secretmux.ErrDenied}},
		"throttled":       {"p:", map[string]int{"a": 1, "b": 1}, map[string]error{"b": secretmux.ErrThrottled}, false, [][]string{{"a", "b", "c"}}, map[string]error{"a": secretmux.ErrUnavailable, "b": secretmux.ErrThrottled}},
		"the second dies": {"p:", map[string]int{"a": 1}, nil, true, [][]string{{"a", "b", "c"}, {"a"}}, map[string]error{"a": secretmux.ErrUnavailable}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &partly{Backend: rigs.Has("", "a", "1", "b", "1", "c", "1"), fails: tt.fails, class: tt.class, whole: tt.whole}
				c := rigs.ChainOf(rigs.Must(secretmux.Open(t.Context(), tt.config, rigs.Answers("p", p, nil))))
				defer func() { _ = c.Close() }()
				for _, r := range rigs.GetMany(t.Context(), c, "a", "b", "c") {
					if class := tt.want[r.Name]; class != nil {
						rigs.WantClass(t, class)(r.Secret, r.Err)
					} else {
						rigs.WantSecret(t, "1")(r.Secret, r.Err)
					}
				}
				if !slices.EqualFunc(p.batches, tt.batches, slices.Equal) {
					t.Errorf("batches %q, want %q", p.batches, tt.batches)
				}
			})
		})
	}
}
