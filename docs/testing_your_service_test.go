package docs_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestStoreOverMemory(t *testing.T) {
	store, err := overMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if s, err := store.Get(t.Context(), "db/password"); err != nil || s.Reveal() != "s3cret" {
		t.Errorf("the secret is another one; %v", err)
	}
}

func overMemory(ctx context.Context) (*secretmux.Store, error) {
	backend := memory.New(map[string]string{"db/password": "s3cret"})
	store, err := secretmux.Open(ctx, "memory:", backend.Backend())
	return store, err
}

func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := memory.New(map[string]string{"token": "first"})
		store, _ := secretmux.New(backend, secretmux.Options{})
		defer store.Close()
		live, _ := store.Watch(t.Context(), "token")
		backend.Set("token", "second")
		time.Sleep(5 * time.Minute) // the TTL, by the bubble's clock
		if live.Current().Reveal() != "second" {
			t.Error("the rotation was missed")
		}
	})
}

func TestFaults(t *testing.T) {
	during, afterwards := outage(t.Context(), memory.New(map[string]string{"token": "t"}))
	if !errors.Is(during, secretmux.ErrUnavailable) || afterwards != nil {
		t.Errorf("during the outage %v, afterwards %v", during, afterwards)
	}
}

func outage(ctx context.Context, backend *memory.Provider) (during, afterwards error) {
	f := faults.New(faults.Options{})
	store, err := secretmux.Open(ctx, "memory:?stale=1h", f.Backend(backend.Backend()))
	if err != nil {
		return err, err
	}
	defer store.Close()
	f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable})) // the backend goes away
	_, during = store.Get(ctx, "token")
	f.Heal() // and comes back
	return during, store.Refresh(ctx, "token")
}
