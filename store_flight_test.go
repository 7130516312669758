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
