package integration

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/helper/testhelpers/minimal"
	"github.com/hashicorp/vault/sdk/logical"
	core "github.com/hashicorp/vault/vault"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// server is a Vault of one test's own, with KV version 2 at kv and version 1 at
// old.
type server struct {
	t      *testing.T
	root   *api.Client
	host   string
	caFile string

	auditLog string // see audit
}

func start(t *testing.T) *server {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "VAULT_") {
			t.Setenv(name, "")
		}
	}
	cluster := minimal.NewTestSoloCluster(t, &core.CoreConfig{LogicalBackends: map[string]logical.Factory{
		"kv": kv.Factory,
		// An engine that makes credentials needs a database. This one answers
		// with a lease too.
		"leased": core.LeasedPassthroughBackendFactory,
	}})
	root := cluster.Cores[0].Client
	s := &server{t: t, root: root, host: strings.TrimPrefix(root.Address(), "https://"), caFile: cluster.CACertPEMFile}
	for path, version := range map[string]string{"kv": "2", "old": "1"} {
		err := root.Sys().MountWithContext(t.Context(), path, &api.MountInput{Type: "kv", Options: map[string]string{"version": version}})
		if err != nil {
			t.Fatalf("mount %s: %v", path, err)
		}
	}
	s.ready()
	return s
}

// ready waits until the mounts take writes: version 2 refuses them while it sets
// itself up.
func (s *server) ready() {
	s.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for _, path := range []string{"kv/data/ready", "old/ready"} {
		for {
			_, err := s.root.Logical().WriteWithContext(s.t.Context(), path, map[string]any{"data": map[string]any{"v": "x"}})
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				s.t.Fatalf("%s is not ready: %v", path, err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	for _, path := range []string{"kv/metadata/ready", "old/ready"} {
		if _, err := s.root.Logical().DeleteWithContext(s.t.Context(), path); err != nil {
			s.t.Fatal(err)
		}
	}
}

// write calls the API as root.
func (s *server) write(path string, data map[string]any) *api.Secret {
	s.t.Helper()
	secret, err := s.root.Logical().WriteWithContext(s.t.Context(), path, data)
	if err != nil {
		s.t.Fatalf("write %s: %v", path, err)
	}
	return secret
}

// put writes a version of a secret.
func (s *server) put(name string, data map[string]any) {
	s.t.Helper()
	s.write("kv/data/"+name, map[string]any{"data": data})
}

func (s *server) file(content string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "credential")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// link is a link of a config string, with the root token in a file.
func (s *server) link(path, params string) string {
	return s.linkAs(path, "token_file="+url.QueryEscape(s.file(s.root.Token()+"\n"))+params)
}

func (s *server) linkAs(path, params string) string {
	return fmt.Sprintf("vault://%s/%s?ca_file=%s&%s", s.host, path, url.QueryEscape(s.caFile), params)
}

// open opens a config string with a store that keeps nothing.
func (s *server) open(config string) *secretmux.Store {
	s.t.Helper()
	return s.openWith(config, secretmux.Options{TTL: -1, NegativeTTL: -1})
}

func (s *server) openWith(config string, o secretmux.Options) *secretmux.Store {
	s.t.Helper()
	opener := secretmux.Opener{Backends: []secretmux.Backend{vault.Backend()}, Options: o}
	store, err := opener.Open(s.t.Context(), config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := store.Close(); err != nil {
			s.t.Errorf("Close: %v", err)
		}
	})
	return store
}

// provider opens one link without a store, which would share the reads of one
// name.
func (s *server) provider(link string) secretmux.Provider {
	s.t.Helper()
	u, err := secretmux.ParseURI(link)
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := vault.Backend()[vault.Scheme](s.t.Context(), u)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = secretmux.Close(p) })
	return p
}

func wantValue(t *testing.T, store secretmux.Provider, ref, want string) secretmux.Secret {
	t.Helper()
	got, err := store.Get(t.Context(), ref)
	if err != nil || got.Reveal() != want {
		t.Errorf("Get(%q) = %q, %v, want %q", ref, got.Reveal(), err, want)
	}
	return got
}

func wantClass(t *testing.T, store secretmux.Provider, ref string, want error) {
	t.Helper()
	if got, err := store.Get(t.Context(), ref); err == nil || secretmux.ClassOf(err) != want || !got.IsZero() {
		t.Errorf("Get(%q): class %v, want %v: %v", ref, secretmux.ClassOf(err), want, err)
	}
}

func wantHint(t *testing.T, store secretmux.Provider, ref, want string) {
	t.Helper()
	_, err := store.Get(t.Context(), ref)
	var e *secretmux.Error
	if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
		t.Errorf("Get(%q): %v, want a hint about %q", ref, err, want)
	}
}

func namesOf(ctx context.Context, t *testing.T, store *secretmux.Store, prefix string) []string {
	t.Helper()
	var names []string
	for info, err := range secretmux.List(ctx, store, prefix) {
		if err != nil {
			t.Fatalf("List(%q): %v", prefix, err)
		}
		names = append(names, info.Name)
	}
	return names
}
