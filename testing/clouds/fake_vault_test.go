package clouds_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux/testing/faultscript"
)

// kv is a Vault with a KV engine of version 2 at kv.
type kv struct {
	address string

	mu      sync.Mutex
	secrets map[string][]string // versions of the field "value", oldest first
	asked   []string            // path of each request
}

func newKV(t *testing.T) *kv {
	t.Helper()
	v := &kv{secrets: map[string][]string{}}
	server := httptest.NewServer(v)
	t.Cleanup(server.Close)
	v.address = server.Listener.Addr().String()
	return v
}

// put makes a version of the secret name below app.
func (v *kv) put(name, value string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.secrets[name] = append(v.secrets[name], value)
}

// requests returns what was asked since the last time: the names of secrets, and
// other paths in full.
func (v *kv) requests() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	asked := v.asked
	v.asked = nil
	return asked
}

func (v *kv) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	name, secret := strings.CutPrefix(r.URL.Path, "/v1/kv/data/app/")
	v.asked = append(v.asked, name)
	switch versions := v.secrets[name]; {
	case r.Header.Get("X-Vault-Token") != faultscript.Credential:
		answer(w, http.StatusForbidden, map[string]any{"errors": []string{"permission denied"}})
	case r.URL.Path == "/v1/sys/internal/ui/mounts/kv":
		answer(w, http.StatusOK, map[string]any{"data": map[string]any{
			"type": "kv", "path": "kv/", "options": map[string]string{"version": "2"},
		}})
	case !secret || len(versions) == 0:
		answer(w, http.StatusNotFound, map[string]any{"errors": []string{}})
	default:
		n := len(versions)
		answer(w, http.StatusOK, map[string]any{"data": map[string]any{
			"data": map[string]string{"value": versions[n-1]},
			"metadata": map[string]any{
				"version": n, "created_time": time.Unix(1_700_000_000+int64(n), 0).UTC(), "deletion_time": "", "destroyed": false,
			},
		}})
	}
}

// answer is for the two protocols that are plain JSON over HTTP.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
