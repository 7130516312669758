package docs_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/testing/memory"
)

var errRefused = errors.New("refused")

func TestRenewAfterARefusedLogin(t *testing.T) {
	backend := memory.New(map[string]string{"db/password": "old"})
	store := opened(t, backend)
	live, err := store.Watch(t.Context(), "db/password")
	if err != nil {
		t.Fatal(err)
	}
	backend.Set("db/password", "new")
	login := func(_ context.Context, password string) error {
		if password != "new" {
			return errRefused
		}
		return nil
	}
	if err := loginAgain(t.Context(), live, login); err != nil {
		t.Errorf("the new password was not tried: %v", err)
	}
}

func loginAgain(ctx context.Context, live *secretmux.Live, login func(context.Context, string) error) error {
	password := live.Current()
	err := login(ctx, password.Reveal())
	if errors.Is(err, errRefused) {
		if changed, _ := live.Renew(ctx, password); changed {
			err = login(ctx, live.Current().Reveal())
		}
	}
	return err
}

// pool is a client that can be told of a new password.
type pool struct{ told chan string }

func (p *pool) Reconfigure(_ context.Context, s secretmux.Secret) error {
	p.told <- s.Reveal()
	return nil
}

func TestOnRotateIsToldOfAChange(t *testing.T) {
	backend := memory.New(map[string]string{"db/creds": "old"})
	store, p := opened(t, backend), &pool{told: make(chan string, 1)}
	if _, err := store.Get(t.Context(), "db/creds"); err != nil {
		t.Fatal(err)
	}
	stop, err := tell(store, p)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	backend.Set("db/creds", "new")
	if err := store.Refresh(t.Context(), "db/creds"); err != nil {
		t.Fatal(err)
	}
	if <-p.told != "new" {
		t.Error("the pool was told of another value")
	}
}

func tell(store *secretmux.Store, pool *pool) (func(), error) {
	stop, err := store.OnRotate("db/creds", func(ctx context.Context, r secretmux.Rotation) error {
		return pool.Reconfigure(ctx, r.New)
	})
	return stop, err
}

func TestLiveKnowsTheOneBefore(t *testing.T) {
	backend := memory.New(map[string]string{"payments/token": "old"})
	store := opened(t, backend)
	rotate := func() {
		backend.Set("payments/token", "new")
		if err := store.Refresh(t.Context(), "payments/token"); err != nil {
			t.Fatal(err)
		}
	}
	current, previous, err := both(t.Context(), store, rotate)
	if err != nil || current != "new" || previous != "old" {
		t.Errorf("current and previous are wrong; %v", err)
	}
}

func both(ctx context.Context, store *secretmux.Store, rotate func()) (current, previous string, err error) {
	token, err := store.Watch(ctx, "payments/token") // fails now if it can't be read
	if err != nil {
		return "", "", err
	}
	rotate()
	now := token.Current()      // never waits, never fails: for every request, every new connection
	old, ok := token.Previous() // the one before, for verifiers that accept both during a rotation
	if !ok {
		return now.Reveal(), "", nil
	}
	return now.Reveal(), old.Reveal(), nil
}

func TestValidateIsGivenToAnOpener(t *testing.T) {
	t.Setenv("SECRETS", "env:")
	store, err := guarded(t.Context(), func(context.Context, secretmux.Secret) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

func guarded(ctx context.Context, ping func(context.Context, secretmux.Secret) error) (*secretmux.Store, error) {
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{local.Backend()},
		Options: secretmux.Options{Validate: func(ctx context.Context, r secretmux.Rotation) error {
			if r.Ref != "db/creds" {
				return nil
			}
			return ping(ctx, r.New)
		}},
	}
	store, err := opener.Open(ctx, os.Getenv("SECRETS"))
	return store, err
}

// opened is a store over a provider, until the test ends.
func opened(t *testing.T, p secretmux.Provider) *secretmux.Store {
	t.Helper()
	store, err := secretmux.New(p, secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}
