package azure_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// tooLong is far beyond every limit of these tests, even on a busy machine.
const tooLong = 8 * time.Second

// openStore opens a store as a program does.
func openStore(t *testing.T, config string, o azure.Options) *secretmux.Store {
	t.Helper()
	store, err := secretmux.Open(t.Context(), config, o.Backend())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// A server that accepts and never answers ends at the link's timeout, even for a
// caller without a deadline.
func TestSilentServer(t *testing.T) {
	address, connections := faultscript.Silent(t)
	client := dialing(t, newFake(t).server, address)
	store := openStore(t, "azure-kv://my-vault?timeout=300ms", azure.Options{TokenCredential: &credential{}, HTTPClient: client})
	begin := time.Now()
	_, err := store.Get(context.Background(), "alpha") // a caller without a deadline is the point
	if took := time.Since(begin); took > tooLong {
		t.Errorf("it took %v", took)
	}
	wantClass(t, err, secretmux.ErrUnavailable)
	if connections() == 0 {
		t.Error("the server got no call")
	}
}

// A login that never ends is reported as such in time, with the credential's name.
func TestHangingLogin(t *testing.T) {
	f := newFake(t)
	never := &credential{get: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
	store := openStore(t, "azure-kv://my-vault?timeout=2s", azure.Options{TokenCredential: never, HTTPClient: f.client(t)})
	_, err := store.Get(context.Background(), "alpha") // a caller without a deadline, as above
	wantClass(t, err, secretmux.ErrUnavailable, "azure_test.credential", "gave no token", "took longer than")
}

// A credential that ignores its context does not block its own caller or the callers
// that wait for its token.
func TestDeafCredential(t *testing.T) {
	f := newFake(t)
	release := make(chan struct{})
	asked := make(chan struct{}, 8)
	p := f.open(t, func(o *azure.Options) {
		o.TokenCredential = &credential{get: func(context.Context) error { asked <- struct{}{}; <-release; return errors.New("late") }}
	})
	first, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := p.Get(first, "alpha")
		done <- err
	}()
	<-asked
	second, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	begin := time.Now()
	_, err := p.Get(second, "beta")
	if !errors.Is(err, context.DeadlineExceeded) || secretmux.ClassOf(err) != nil || time.Since(begin) > tooLong {
		t.Errorf("a call that waits for the token: %v after %v", err, time.Since(begin))
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
		t.Errorf("the call that logs in: %v", err)
	}
	close(release)
}

// Each kind of call ends with its caller's context.
func TestContextOfEachCall(t *testing.T) {
	f := newFake(t)
	f.set("alpha", "one")
	p := f.open(t, nil)
	wantValue(t, p, "alpha", "one")
	f.handleAll(hang(t))
	calls := map[string]func(context.Context) error{
		"Get": func(ctx context.Context) error { _, err := p.Get(ctx, "alpha"); return err },
		"version": func(ctx context.Context) error {
			_, err := p.GetVersion(ctx, "alpha", strings.Repeat("a", 32))
			return err
		},
		"previous": func(ctx context.Context) error {
			_, err := p.GetVersion(ctx, "alpha", secretmux.VersionPrevious)
			return err
		},
		"Check": p.Check,
		"List": func(ctx context.Context) error {
			for _, err := range p.List(ctx, "") {
				return err
			}
			return nil
		},
	}
	for what, call := range calls {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := call(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || secretmux.ClassOf(err) != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	// Asking whether the secret is deleted, and listing its versions, hang by themselves.
	f.handleAll(nil)
	f.handle("/deletedsecrets/absent", hang(t))
	f.handle("/secrets/alpha/versions", hang(t))
	for _, call := range []func(context.Context) error{
		func(ctx context.Context) error { _, err := p.Get(ctx, "absent"); return err },
		calls["previous"],
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := call(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || secretmux.ClassOf(err) != nil {
			t.Errorf("the second call: %v", err)
		}
	}
}

func TestClosed(t *testing.T) {
	f := newFake(t)
	f.set("alpha", "one")
	p := f.open(t, nil)
	wantValue(t, p, "alpha", "one")
	for range 2 {
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	before := f.calls()
	_, err := p.Get(t.Context(), "alpha")
	wantClass(t, err, secretmux.ErrClosed)
	wantClass(t, p.Check(t.Context()), secretmux.ErrClosed)
	_, err = p.GetVersion(t.Context(), "alpha", secretmux.VersionPrevious)
	wantClass(t, err, secretmux.ErrClosed)
	for _, err := range p.List(t.Context(), "") {
		wantClass(t, err, secretmux.ErrClosed)
	}
	if f.calls() != before {
		t.Error("a closed provider called the vault")
	}
}

// A provider without an HTTP client in its Options closes its own connections.
func TestOwnClient(t *testing.T) {
	p, err := azure.New(azure.Options{Vault: vaultName, TokenCredential: &credential{get: func(context.Context) error { return http.ErrNotSupported }}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
