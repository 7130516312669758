package integration

import (
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/secretmux/secretmux"
)

// leased mounts an engine whose reads make leases of ttl, with one secret, app.
func (s *server) leased(ttl string) {
	s.t.Helper()
	if err := s.root.Sys().MountWithContext(s.t.Context(), "leased", &api.MountInput{Type: "leased"}); err != nil {
		s.t.Fatal(err)
	}
	s.write("leased/app", map[string]any{"password": "x", "ttl": ttl})
}

// leases is how many leases of app there are.
func (s *server) leases() int {
	s.t.Helper()
	all, err := s.root.Logical().ListWithContext(s.t.Context(), "sys/leases/lookup/leased/app")
	if err != nil {
		s.t.Fatal(err)
	}
	if all == nil {
		return 0
	}
	keys, _ := all.Data["keys"].([]any)
	return len(keys)
}

func TestLeaseIsMadeOnceAndRevoked(t *testing.T) {
	s := start(t)
	s.leased("1h")
	p := s.provider(s.link("leased", "&engine=dynamic"))
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			got := wantValue(t, p, "app", `{"password":"x","ttl":"1h"}`)
			if left := time.Until(got.Expires()); left < 50*time.Minute || left > time.Hour {
				t.Errorf("expires in %v, want an hour", left)
			}
		})
	}
	wg.Wait()
	if n := s.leases(); n != 1 {
		t.Errorf("%d leases, want 1", n)
	}
	wantClass(t, p, "absent", secretmux.ErrNotFound)
	if err := secretmux.Close(p); err != nil || s.leases() != 0 {
		t.Errorf("Close: %v; %d leases are left", err, s.leases())
	}
}

func TestLeaseIsRenewed(t *testing.T) {
	s := start(t)
	renewals := s.audit("sys/leases/renew")
	s.leased("8s")
	p := s.provider(s.link("leased", "&engine=dynamic"))
	first := wantValue(t, p, "app", `{"password":"x","ttl":"8s"}`)
	for range 2 { // past the end of the first term
		time.Sleep(4500 * time.Millisecond)
		if got := wantValue(t, p, "app", `{"password":"x","ttl":"8s"}`); got.Version() != first.Version() || !got.Expires().After(first.Expires()) {
			t.Errorf("version %q up to %v, want %q beyond %v", got.Version(), got.Expires(), first.Version(), first.Expires())
		}
	}
	if n, m := s.leases(), renewals(); n != 1 || m != 2 {
		t.Errorf("%d leases and %d renewals, want 1 and 2", n, m)
	}
}

func TestRevokedLeaseIsMadeAnew(t *testing.T) {
	s := start(t)
	s.leased("1h")
	p := s.provider(s.link("leased", "&engine=dynamic"))
	first := wantValue(t, p, "app", `{"password":"x","ttl":"1h"}`)
	if err := s.root.Sys().RevokePrefixWithContext(t.Context(), "leased/app"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // it asks once a second
	if second := wantValue(t, p, "app", `{"password":"x","ttl":"1h"}`); second.Version() == first.Version() || s.leases() != 1 {
		t.Errorf("%d leases and the version before: %v", s.leases(), second.Version() == first.Version())
	}
}

// The leases of a login end with its token, by the policy that every token has.
func TestCloseRevokesTheLoginAndItsLeases(t *testing.T) {
	s := start(t)
	s.leased("1h")
	approle, _ := s.reader("1h")
	if err := s.root.Sys().PutPolicyWithContext(t.Context(), "reader", `path "leased/*" { capabilities = ["read"] }`); err != nil {
		t.Fatal(err)
	}
	p := s.provider(s.linkAs("leased", approle+"&engine=dynamic"))
	wantValue(t, p, "app", `{"password":"x","ttl":"1h"}`)
	time.Sleep(1100 * time.Millisecond)
	wantValue(t, p, "app", `{"password":"x","ttl":"1h"}`) // after a lookup
	if n := s.leases(); n != 1 {
		t.Errorf("%d leases, want 1", n)
	}
	if err := secretmux.Close(p); err != nil {
		t.Errorf("Close: %v", err)
	}
	for deadline := time.Now().Add(10 * time.Second); s.leases() > 0; time.Sleep(50 * time.Millisecond) { // in the background
		if time.Now().After(deadline) {
			t.Fatal("the lease outlived its token")
		}
	}
}
