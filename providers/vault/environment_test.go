package vault_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// The variables of the vault command and of the official client change nothing
// here.
func TestEnvironmentOfTheClient(t *testing.T) {
	for key, value := range map[string]string{
		"VAULT_ADDR": "http://127.0.0.1:1", "VAULT_AGENT_ADDR": "http://127.0.0.1:1", "VAULT_TOKEN": "another", "VAULT_NAMESPACE": "another",
		"VAULT_HEADERS": `{"X-Canary":"x"}`, "VAULT_WRAP_TTL": "60s", "VAULT_MAX_RETRIES": "9", "VAULT_SKIP_VERIFY": "true", "VAULT_RATE_LIMIT": "1:1",
	} {
		t.Setenv(key, value)
	}
	f := serve(t)
	f.put("a", map[string]any{"v": "x"})
	p := f.link(t, "vault://"+f.host+"/kv?http=true&namespace=/", vault.Options{})
	for range 5 {
		got, err := p.Get(t.Context(), "a")
		wantValue(t, "Get", got, err, `{"v":"x"}`)
	}
	for _, key := range []string{"X-Canary", "X-Vault-Wrap-Ttl", "X-Vault-Namespace"} {
		if f.header.Get(key) != "" {
			t.Errorf("the environment's %s was sent", key)
		}
	}
	_, h, _ := serveTLS(t)
	p, err := open(t, "vault://"+strings.TrimPrefix(h.URL, "https://")+"/kv")
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Get(t.Context(), "a")
	wantClass(t, "a server that is not trusted, with VAULT_SKIP_VERIFY", got, err, secretmux.ErrInvalid)
}

// Malformed values change nothing either: they are not read.
func TestMalformedEnvironmentOfTheClient(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone")
	for key, value := range map[string]string{
		"VAULT_MAX_RETRIES": "-1", "VAULT_HEADERS": "a:b", "VAULT_CACERT": gone,
		"VAULT_CAPATH": gone, "VAULT_CACERT_BYTES": "hunter2", "VAULT_CLIENT_CERT": gone, "VAULT_CLIENT_TIMEOUT": "soon", "VAULT_RATE_LIMIT": "fast",
		"VAULT_SKIP_VERIFY": "perhaps", "VAULT_SRV_LOOKUP": "perhaps", "VAULT_DISABLE_REDIRECTS": "perhaps", "VAULT_PROXY_ADDR": "::", "VAULT_ADDR": "::",
	} {
		t.Run(key, func(t *testing.T) {
			t.Setenv(key, value)
			f := serve(t)
			f.put("a", map[string]any{"v": "x"})
			p := f.link(t, "vault://"+f.host+"/kv?http=true", vault.Options{})
			got, err := p.Get(t.Context(), "a")
			wantValue(t, "Get", got, err, `{"v":"x"}`)
			if err := secretmux.Check(t.Context(), p); err != nil {
				t.Errorf("Check: %v", err)
			}
		})
	}
}
