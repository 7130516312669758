package secretmux_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faults"
)

func TestStoreManyReadersOfAColdNameMakeOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"db": document})
		r.Faults.Inject(faults.Always(faults.Step{Latency: time.Second}))
		var wg sync.WaitGroup
		for i := range 10_000 {
			ref, want := "db", document
			if i%2 == 1 {
				ref, want = "db#user", "ann"
			}
			wg.Go(func() { r.Want(ref, want) })
		}
		wg.Wait()
		r.WantCalls(1)
	})
}

func TestStoreFirstReaderCancelledOthersSucceed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
		r.Faults.Inject(faults.Always(faults.Step{Latency: 2 * time.Second}))
		first, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			start := time.Now()
			_, err := r.Get(first, "a")
			if !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
				t.Errorf("the cancelled reader got %v, want context.Canceled and no class", err)
			}
			if waited := time.Since(start); waited != time.Second {
				t.Errorf("the cancelled reader waited %v, want 1s", waited)
			}
		})
		synctest.Wait()
		for range 10 {
			wg.Go(func() { r.Want("a", "1") })
		}
		time.Sleep(time.Second)
		cancel()
		wg.Wait()
		r.WantCalls(1)
	})
}

func TestStoreOwnDeadlineIsRecognisableAndTheLoadGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"a": "1", "b": "2"})
		r.Faults.Inject(faults.Always(faults.Step{Latency: 2 * time.Second}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := r.Get(ctx, "a")
		if !errors.Is(err, context.DeadlineExceeded) || secretmux.ClassOf(err) != nil {
			t.Errorf("Get failed with %v, want context.DeadlineExceeded and no class", err)
		}
		var e *secretmux.Error
		if !errors.As(err, &e) || e.Name != "a" {
			t.Errorf("Get failed with %v, want an *Error about a", err)
		}
		r.Pass(2 * time.Second)
		r.Want("a", "1")
		r.WantCalls(1)
	})
}

// The store's limit must not pass for the caller's: retry loops give up on
// context.DeadlineExceeded.
func TestStoreBackendThatNeverAnswersIsUnavailable(t *testing.T) {
	calls := map[string]func(context.Context, *rig) error{
		"Get":        func(ctx context.Context, r *rig) error { _, err := r.Get(ctx, "a"); return err },
		"GetMany":    func(ctx context.Context, r *rig) error { _, err := r.GetAll(ctx, "a", "b"); return err },
		"GetVersion": func(ctx context.Context, r *rig) error { _, err := r.GetVersion(ctx, "a", "1"); return err },
		"Watch":      func(ctx context.Context, r *rig) error { _, err := r.Watch(ctx, "a"); return err },
		"Refresh":    func(ctx context.Context, r *rig) error { return r.Refresh(ctx, "a") },
		"Check":      func(ctx context.Context, r *rig) error { return r.Check(ctx) },
	}
	for name, call := range calls {
		for _, limit := range []time.Duration{0, 3 * time.Second} {
			t.Run(name+" "+limit.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := newRig(t, secretmux.Options{Timeout: limit}, map[string]string{"a": "1", "b": "2"})
					r.Faults.Inject(faults.Always(faults.Step{Hang: true}))
					start := time.Now()
					err := call(context.Background(), r)
					if !errors.Is(err, secretmux.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("failed with %v, want ErrUnavailable and not context.DeadlineExceeded", err)
					}
					want := limit
					if want == 0 {
						want = 10 * time.Second
					}
					if took := time.Since(start); took != want {
						t.Errorf("failed after %v, want %v", took, want)
					}
				})
			})
		}
	}
}

// A chain gets the time of all its links, so that a slow one leaves the next its own.
func TestStoreTimeoutIsTheSumOfTheLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
		hang := secretmux.ProviderFunc(func(ctx context.Context, _ string) (secretmux.Secret, error) {
			<-ctx.Done()
			return secretmux.Secret{}, ctx.Err()
		})
		slow := faults.New(faults.Options{Rules: []faults.Rule{faults.Always(faults.Step{Latency: 8 * time.Second})}})
		s, err := secretmux.New(replicasOf(hang, slow.Wrap(r.Memory)), secretmux.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		start := time.Now()
		if got, err := s.Get(t.Context(), "a"); err != nil || got.Reveal() != "1" {
			t.Errorf("Get = %q, %v; want the second replica's value", got.Reveal(), err)
		}
		if took := time.Since(start); took != 18*time.Second {
			t.Errorf("Get took %v, want 18s", took)
		}
	})
}

// A panic in a provider ends the call, not the program.
func TestStoreProviderThatPanics(t *testing.T) {
	panics := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) { panic("canary") })
	s, err := secretmux.New(panics, secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got, err := s.Get(t.Context(), "a")
	if err == nil || !got.IsZero() {
		t.Errorf("Get failed with %v, want an error", err)
	}
	conformance.NoLeak(t, err, "canary")
}

// answer is what a backend says, in the order in which it was made or not.
type answer struct {
	value, version string
	age            time.Duration // Created, before the test began; zero is unknown
}

func (a answer) put(r *rig, begin time.Time) {
	meta := secretmux.Meta{Version: a.version, Created: time.Unix(1, 0)} // memory would make it now
	if a.age != 0 {
		meta.Created = begin.Add(-a.age)
	}
	r.Memory.Put("a", []byte(a.value), meta)
}

func TestStoreOlderVersions(t *testing.T) {
	const year = 365 * 24 * time.Hour
	tests := []struct {
		name          string
		first, second answer
		ignored       bool
	}{
		{"a lower number", answer{"x", "10", 0}, answer{"y", "9", 0}, true},
		{"a higher number", answer{"x", "9", 0}, answer{"y", "10", 0}, false},
		{"the same number", answer{"x", "9", 0}, answer{"y", "9", 0}, false},
		{"ids that do not count", answer{"x", "b-2", 0}, answer{"y", "a-1", 0}, false},
		{"one that does not count", answer{"x", "10", 0}, answer{"y", "v9", 0}, false},
		{"digests of only digits", answer{"x", "9000000000000000", 0}, answer{"y", "1000000000000000", 0}, false},
		{"made earlier", answer{"x", "b-2", time.Hour}, answer{"y", "a-1", year}, true},
		{"made later", answer{"x", "b-2", year}, answer{"y", "a-1", time.Hour}, false},
		{"made later with a lower number", answer{"x", "10", year}, answer{"y", "9", time.Hour}, false},
		{"made earlier with a higher number", answer{"x", "9", time.Hour}, answer{"y", "10", year}, true},
		{"made at the same time with a lower number", answer{"x", "10", year}, answer{"y", "9", year}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := secretmux.Options{TTL: 10 * time.Second, Grace: time.Minute, Jitter: -1}
				r := newRig(t, opts, nil)
				begin := time.Now()
				tt.first.put(r, begin)
				var told told
				r.OnRotate("a", told.Call)
				synctest.Wait()
				tt.second.put(r, begin)
				r.Pass(50 * time.Second)
				if tt.ignored {
					r.Want("a", "x")
					told.Want(t)
				} else {
					r.Want("a", "y")
				}
				r.Pass(30 * time.Second) // past the grace: the backend means it
				r.Want("a", "y")
				told.Want(t, "x>y")
			})
		})
	}
}

func TestStoreGrace(t *testing.T) {
	tests := []struct {
		name  string
		grace time.Duration
		after time.Duration // when the older version is taken
	}{
		{"default", 0, time.Minute},
		{"short", 20 * time.Second, 20 * time.Second},
		{"negative", -1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, secretmux.Options{TTL: 10 * time.Second, Grace: tt.grace, Jitter: -1}, nil)
				r.Memory.Put("a", []byte("new"), secretmux.Meta{Version: "2"})
				r.OnRotate("a", new(told).Call)
				r.Pass(time.Second)
				r.Memory.Put("a", []byte("old"), secretmux.Meta{Version: "1", Created: time.Now().Add(-time.Hour)})
				r.Pass(9 * time.Second) // read for the first time at 9s
				if tt.after > 0 {
					r.Want("a", "new")
					r.Pass(tt.after - 2*time.Second)
					r.Want("a", "new")
				}
				r.Pass(12 * time.Second)
				r.Want("a", "old")
			})
		})
	}
}

// An operator who rolls back says so with Refresh.
func TestStoreRefreshTakesAnOlderVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: 10 * time.Second}, nil)
		r.Memory.Put("a", []byte("new"), secretmux.Meta{Version: "2"})
		var told told
		r.OnRotate("a", told.Call)
		synctest.Wait()
		r.Memory.Put("a", []byte("old"), secretmux.Meta{Version: "1", Created: time.Now().Add(-time.Hour)})
		r.Pass(20 * time.Second)
		r.Want("a", "new")
		if err := r.Refresh(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		r.Want("a", "old")
		synctest.Wait()
		told.Want(t, "new>old")
	})
}

// Versions of different links don't compare: the env link's answer is not older
// because it has a lower number.
func TestStoreVersionsOfAnotherLinkDoNotCompare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, nil)
		r.Memory.Put("a", []byte("second"), secretmux.Meta{Version: "10"})
		r.Memory.Put("over/b", []byte("x"), secretmux.Meta{})
		r.Reopen("memory:?prefix=over/,memory:", secretmux.Options{TTL: 10 * time.Second})
		r.OnRotate("a", new(told).Call)
		synctest.Wait()
		r.Want("a", "second")
		r.Memory.Put("over/a", []byte("first"), secretmux.Meta{Version: "1", Created: time.Now().Add(-time.Hour)})
		r.Pass(10 * time.Second)
		r.Want("a", "first")
	})
}
