package azure_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// A failed login is remembered for a second. Calls in that second fail with its
// error, so that not every call asks the login server during an outage.
func TestFailedLoginIsRemembered(t *testing.T) {
	f := newFake(t)
	f.set("alpha", "one")
	synctest.Test(t, func(t *testing.T) {
		var up atomic.Bool
		c := &credential{get: func(context.Context) error {
			if up.Load() {
				return nil
			}
			return errors.New("refused " + faultscript.Canary)
		}}
		p, err := azure.New(azure.Options{Vault: vaultName, TokenCredential: c, HTTPClient: &http.Client{Transport: inMemory{vault: f}}})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		for second := range 4 {
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					_, err := p.Get(t.Context(), "alpha")
					wantUnauthenticated(t, err)
				})
			}
			wg.Wait()
			if calls, _ := c.asked(); calls != second+1 {
				t.Fatalf("%d logins after %d s of 50 calls, want one a second", calls, second)
			}
			time.Sleep(azure.LoginPause)
		}
		up.Store(true)
		wantValue(t, p, "alpha", "one")
	})
}

// wantUnauthenticated is wantClass for other goroutines than the test's.
func wantUnauthenticated(t *testing.T, err error) {
	if secretmux.ClassOf(err) != secretmux.ErrUnauthenticated || faultscript.Leaks(err.Error()) {
		t.Errorf("the class is %v, or the error leaks", secretmux.ClassOf(err))
	}
}

// A login that its caller gave up does not count as failed: the next call logs in.
func TestCancelledLoginIsNotRemembered(t *testing.T) {
	f := newFake(t)
	f.set("alpha", "one")
	ctx, cancel := context.WithCancel(t.Context())
	p := f.open(t, func(o *azure.Options) {
		o.TokenCredential = &credential{get: func(within context.Context) error {
			if ctx.Err() == nil {
				cancel()
				<-within.Done()
			}
			return within.Err()
		}}
	})
	if _, err := p.Get(ctx, "alpha"); !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
		t.Errorf("Get of a caller who went away: %v", err)
	}
	wantValue(t, p, "alpha", "one")
}

// If a vault refuses every token, not every call makes a login.
func TestRefusedTokensAreRemembered(t *testing.T) {
	f := newFake(t)
	f.handle("/secrets/alpha", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", challenge)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	synctest.Test(t, func(t *testing.T) {
		c := &credential{}
		p, err := azure.New(azure.Options{Vault: vaultName, TokenCredential: c, HTTPClient: &http.Client{Transport: inMemory{vault: f}}})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		for second := range 4 {
			for range 50 {
				_, err := p.Get(t.Context(), "alpha")
				wantClass(t, err, secretmux.ErrUnauthenticated)
			}
			if calls, _ := c.asked(); calls > 2*(second+1) {
				t.Fatalf("%d logins after %d s of 50 calls, want two a second", calls, second)
			}
			time.Sleep(azure.LoginPause)
		}
	})
}
