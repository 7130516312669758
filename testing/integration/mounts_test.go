package integration

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/secretmux/secretmux"
)

// An absent name counts as absent only in the right kind of mount.
func TestAbsentInTheWrongKindOfMount(t *testing.T) {
	s := start(t)
	s.leased("1h")
	s.write("old/a", map[string]any{"v": "x"})
	for what, config := range map[string]string{
		"kv=2 of KV version 1":            s.link("old", ""),
		"kv=2 of an engine with leases":   s.link("leased", ""),
		"kv=1 of KV version 2":            s.link("kv", "&kv=1"),
		"kv=1 of an engine with leases":   s.link("leased", "&kv=1"),
		"engine=dynamic of KV version 1":  s.link("old", "&engine=dynamic"),
		"engine=dynamic of KV version 2":  s.link("kv", "&engine=dynamic"),
		"engine=dynamic of the cubbyhole": s.link("cubbyhole", "&engine=dynamic"),
		"kv=1 of the cubbyhole":           s.link("cubbyhole", "&kv=1"),
	} {
		t.Run(what, func(t *testing.T) {
			wantClass(t, s.open(config), "absent", secretmux.ErrInvalid)
		})
	}
	wantClass(t, s.open(s.link("kv", "")), "absent", secretmux.ErrNotFound)
	wantClass(t, s.open(s.link("old", "&kv=1")), "absent", secretmux.ErrNotFound)
	wantClass(t, s.open(s.link("leased", "&engine=dynamic")), "absent", secretmux.ErrNotFound)
}

// A mount that is replaced while the process runs must not make its secrets look
// absent.
func TestMountIsReplacedUnderWay(t *testing.T) {
	s := start(t)
	s.put("db", map[string]any{"v": "x"})
	s.write("old/db", map[string]any{"v": "x"})
	v2, v1 := s.open(s.link("kv", "")), s.open(s.link("old", "&kv=1"))
	wantValue(t, v2, "db", `{"v":"x"}`)
	wantValue(t, v1, "db", `{"v":"x"}`)
	s.unmount("kv")
	wantClass(t, v2, "db", secretmux.ErrInvalid)
	s.mount("kv", &api.MountInput{Type: "kv", Options: map[string]string{"version": "1"}})
	wantClass(t, v2, "db", secretmux.ErrInvalid)
	wantClass(t, v2, "never/seen", secretmux.ErrInvalid)
	s.unmount("old")
	s.mount("old", &api.MountInput{Type: "leased"})
	wantClass(t, v1, "db", secretmux.ErrInvalid)
}

func (s *server) mount(path string, input *api.MountInput) {
	s.t.Helper()
	if err := s.root.Sys().MountWithContext(s.t.Context(), path, input); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) unmount(path string) {
	s.t.Helper()
	if err := s.root.Sys().UnmountWithContext(s.t.Context(), path); err != nil {
		s.t.Fatal(err)
	}
}

// Names as the API has them, and a version that is null.
func TestUnusualSecrets(t *testing.T) {
	s := start(t)
	s.put("app", map[string]any{"v": "x"})
	store := s.open(s.link("kv", ""))
	for _, name := range []string{"kv/data/app", "v1/kv/app", "data/app"} {
		wantClass(t, store, name, secretmux.ErrNotFound)
		wantHint(t, store, name, "without v1/")
	}
	wantClass(t, s.open(s.link("v1/kv", "")), "app", secretmux.ErrInvalid)
	s.write("kv/data/null", map[string]any{"data": nil})
	wantClass(t, store, "null", secretmux.ErrInvalid)
	wantHint(t, store, "null", "write an object")
}

// A policy is not asked for the proof of a mount, and a token that may use nothing
// of the mount is denied.
func TestProofNeedsNoPolicy(t *testing.T) {
	s := start(t)
	narrow := s.token("default", `path "kv/data/app/*" { capabilities = ["read"] }
path "sys/internal/ui/mounts/*" { capabilities = ["deny"] }`)
	store := s.open(s.linkAs("kv", "token_file="+url.QueryEscape(s.file(narrow))))
	wantClass(t, store, "app/absent", secretmux.ErrNotFound)
	wantClass(t, store, "other/absent", secretmux.ErrDenied)
}

// token makes a token with a policy of its own and another one, if there is a name.
func (s *server) token(another, rules string) string {
	s.t.Helper()
	if err := s.root.Sys().PutPolicyWithContext(s.t.Context(), "own", rules); err != nil {
		s.t.Fatal(err)
	}
	made, err := s.root.Auth().Token().CreateWithContext(s.t.Context(), &api.TokenCreateRequest{
		Policies: strings.Fields("own " + another), NoDefaultPolicy: another == "",
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return made.Auth.ClientToken
}

// A lease is served even if its token may not ask about it.
func TestLeaseOfATokenThatMayAskNothing(t *testing.T) {
	s := start(t)
	s.leased("4s")
	narrow := s.token("", `path "leased/app" { capabilities = ["read"] }`)
	p := s.provider(s.linkAs("leased", "engine=dynamic&token_file="+url.QueryEscape(s.file(narrow))))
	first := wantValue(t, p, "app", `{"password":"x","ttl":"4s"}`)
	for range 2 {
		time.Sleep(1200 * time.Millisecond)
		if again := wantValue(t, p, "app", `{"password":"x","ttl":"4s"}`); again.Version() != first.Version() {
			t.Error("another lease was made while the first was good")
		}
	}
	if n := s.leases(); n != 1 {
		t.Errorf("%d leases, want 1", n)
	}
}
