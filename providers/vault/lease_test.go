package vault_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

func dynamic(o *vault.Options) { o.Mount, o.Prefix, o.Dynamic = "database", "creds", true }

// rig is a dynamic provider in a bubble, and what its server made.
type rig struct {
	*server
	t *testing.T
	p *vault.Provider
}

func newRig(t *testing.T, change func(*vault.Options)) *rig {
	s := newServer()
	return &rig{server: s, t: t, p: s.open(t, func(o *vault.Options) {
		dynamic(o)
		if change != nil {
			change(o)
		}
	})}
}

// reads wants the n-th lease, with its end.
func (r *rig) reads(n int, wantLeft time.Duration) secretmux.Secret {
	r.t.Helper()
	got, err := r.p.Get(r.t.Context(), "app")
	if err != nil {
		r.t.Fatalf("Get: %v", err)
	}
	want := map[int]string{1: `{"password":"pw-1","username":"v-app-1"}`, 2: `{"password":"pw-2","username":"v-app-2"}`}[n]
	if left := time.Until(got.Expires()); got.Reveal() != want || left != wantLeft {
		r.t.Errorf("Get = %q for %v, want %q for %v", got.Reveal(), left, want, wantLeft)
	}
	return got
}

// alive is how many leases are left.
func (r *rig) alive() int {
	n := 0
	r.with(func() {
		for _, l := range r.leases {
			if time.Now().Before(l.ends) {
				n++
			}
		}
	})
	return n
}

func (r *rig) calls(path string, want int) {
	r.t.Helper()
	if n := r.counted("POST /v1/sys/leases/" + path); n != want {
		r.t.Errorf("%d calls of %s, want %d", n, path, want)
	}
}

func TestLeaseLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil) // leases of an hour, at most three
		first := r.reads(1, time.Hour)
		if first.Version() == "" || strings.Contains(first.Version(), "lease") || first.Created() != time.Now() {
			t.Errorf("version %q created %v", first.Version(), first.Created())
		}
		r.reads(1, time.Hour)
		r.calls("lookup", 0)
		time.Sleep(20 * time.Minute)
		if again := r.reads(1, 40*time.Minute); again.Version() != first.Version() {
			t.Error("one lease has two versions")
		}
		r.calls("lookup", 1)
		time.Sleep(11 * time.Minute)
		r.reads(1, time.Hour)
		r.calls("renew", 1)
	})
}

func TestLeaseReachesItsMaximum(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.reads(1, time.Hour)
		for range 3 {
			time.Sleep(31 * time.Minute)
			r.reads(1, time.Hour)
		}
		for _, step := range []struct{ pause, left int }{{31, 56}, {29, 27}, {14, 13}, {7, 6}} { // up to 2:54
			time.Sleep(time.Duration(step.pause) * time.Minute)
			r.reads(1, time.Duration(step.left)*time.Minute)
		}
		r.calls("renew", 7)
		time.Sleep(time.Minute)
		second := r.reads(2, time.Hour) // in the last tenth, while the first is still good
		if r.minted != 2 || second.Version() == "" {
			t.Errorf("%d leases made, want 2", r.minted)
		}
		if err := r.p.Close(); err != nil || r.alive() != 0 { // the first one too
			t.Errorf("Close: %v; %d leases are left", err, r.alive())
		}
	})
}

func TestLeaseIsMadeOnce(t *testing.T) {
	r := newRig(t, nil)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { r.reads100() })
	}
	wg.Wait()
	if r.minted != 1 {
		t.Errorf("%d leases made, want 1", r.minted)
	}
}

func (r *rig) reads100() {
	if got, err := r.p.Get(r.t.Context(), "app"); err != nil || got.Reveal() != `{"password":"pw-1","username":"v-app-1"}` {
		r.t.Errorf("Get = %v, %v", got, err)
	}
}

// Through a store, a new lease is a rotation, and renewing one lease is not a
// rotation.
func TestNewLeaseIsARotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		store, err := secretmux.New(r.p, secretmux.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var rotations []string
		store.OnRotate("app#username", func(_ context.Context, c secretmux.Rotation) error {
			mu.Lock()
			defer mu.Unlock()
			rotations = append(rotations, c.Old.Reveal()+" "+c.New.Reveal())
			return nil
		})
		if _, err := store.Get(t.Context(), "app#username"); err != nil {
			t.Fatal(err)
		}
		after := func(pause time.Duration, wantMinted int, want ...string) {
			t.Helper()
			time.Sleep(pause)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			r.with(func() {
				if r.minted != wantMinted || !slices.Equal(rotations, want) {
					t.Errorf("%d leases made and rotations %q, want %d and %q", r.minted, rotations, wantMinted, want)
				}
			})
		}
		after(170*time.Minute, 1)
		after(20*time.Minute, 2, "v-app-1 v-app-2")
		if err := store.Close(); err != nil || r.alive() != 0 {
			t.Errorf("Close: %v; %d leases are left", err, r.alive())
		}
	})
}

func TestRevokedLeaseIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.reads(1, time.Hour)
		r.with(func() { clear(r.leases) })
		time.Sleep(time.Second)
		r.reads(2, time.Hour)
	})
}

// A 400 to a renewal may mean that the lease is gone, or that it can't be renewed.
func TestLeaseThatCannotBeRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.reads(1, time.Hour)
		r.hook("/renew", func(w http.ResponseWriter, _ *http.Request) {
			reply(w, http.StatusBadRequest, map[string]any{"errors": []string{"lease is not renewable"}})
		})
		time.Sleep(31 * time.Minute)
		for range 3 {
			r.reads(1, 29*time.Minute)
		}
		r.calls("renew", 1)
		r.with(func() { clear(r.leases) })
		time.Sleep(time.Minute)
		r.reads(2, time.Hour)
	})
}

func TestLeaseEndsWithItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *vault.Options) { o.Auth = appRole(t) })
		r.tokenTTL, r.tokenMax = 30*time.Minute, 30*time.Minute
		r.reads(1, 30*time.Minute) // sooner than the lease
		time.Sleep(29 * time.Minute)
		r.reads(2, 30*time.Minute)
		if r.logins != 2 || r.minted != 2 {
			t.Errorf("%d logins and %d leases, want 2 and 2", r.logins, r.minted)
		}
	})
}

// During an outage of the server, a good lease stays good until its end, and the
// server is not asked at each call.
func TestLeaseDuringAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.reads(1, time.Hour)
		r.hook("", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
		time.Sleep(40 * time.Minute)
		for range 10 {
			r.reads(1, 20*time.Minute)
		}
		r.calls("renew", 1)
		time.Sleep(19 * time.Minute)
		r.reads(1, time.Minute)
		time.Sleep(time.Minute)
		got, err := r.p.Get(t.Context(), "app")
		wantClass(t, "Get after the end", got, err, secretmux.ErrUnavailable)
	})
}

func TestPolicyWithoutLeases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.denied["sys/leases/renew"], r.denied["sys/leases/lookup"] = true, true
		r.reads(1, time.Hour)
		for range 5 {
			time.Sleep(10 * time.Minute)
			r.reads(1, time.Until(time.Unix(946684800+3600, 0)))
		}
		r.calls("renew", 1)
		r.calls("lookup", 1)
		time.Sleep(5 * time.Minute)
		r.reads(2, time.Hour)
	})
}

func TestCloseRevokesLeases(t *testing.T) {
	r := newRig(t, nil)
	for _, name := range []string{"app", "other", "app"} {
		if _, err := r.p.Get(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.p.Close(); err != nil || len(r.leases) != 0 || r.minted != 2 {
		t.Errorf("Close: %v; %d of %d leases are left", err, len(r.leases), r.minted)
	}
	r.calls("revoke", 2)
	got, err := r.p.Get(t.Context(), "app")
	wantClass(t, "Get", got, err, secretmux.ErrClosed)
}

func TestDynamicCannot(t *testing.T) {
	r := newRig(t, nil)
	got, err := r.p.Get(t.Context(), "absent")
	wantClass(t, "Get of an absent role", got, err, secretmux.ErrNotFound)
	for _, version := range []string{"1", "previous"} {
		got, err = r.p.GetVersion(t.Context(), "app", version)
		wantClass(t, version, got, err, errors.ErrUnsupported)
	}
	for _, err := range r.p.List(t.Context(), "") {
		wantClass(t, "List", secretmux.Secret{}, err, errors.ErrUnsupported)
	}
	if r.minted != 0 {
		t.Errorf("%d leases made, want none", r.minted)
	}
}

// A static role counts down to its next password, which must not look like a new
// one at each read.
func TestStaticRole(t *testing.T) {
	r := newRig(t, func(o *vault.Options) { o.Prefix = "static-creds" })
	var versions []string
	for range 2 {
		got, err := r.p.Get(t.Context(), "app")
		wantValue(t, "Get", got, err, `{"last_vault_rotation":"2026-01-02T03:04:05.123Z","password":"static","rotation_period":3600,"username":"app"}`)
		if got.Created().IsZero() || time.Until(got.Expires()) < 20*time.Minute {
			t.Errorf("created %v, expires %v", got.Created(), got.Expires())
		}
		versions = append(versions, got.Version())
	}
	if versions[0] != versions[1] {
		t.Errorf("versions %q differ", versions)
	}
}
