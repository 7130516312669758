package vault_test

import (
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"
)

// record is a secret of KV version 2.
type record struct {
	versions []*version
	custom   map[string]string // custom_metadata
	updated  time.Time
}

type version struct {
	data      map[string]any
	created   time.Time
	deletion  string
	destroyed bool
}

// put writes a version of a secret.
func (s *server) put(path string, data map[string]any) {
	s.with(func() {
		if s.secrets[path] == nil {
			s.secrets[path] = &record{}
		}
		s.secrets[path].updated = time.Now().UTC()
		s.secrets[path].versions = append(s.secrets[path].versions, &version{data: data, created: time.Now().UTC()})
	})
}

// change changes the newest version of a secret.
func (s *server) change(path string, f func(*version)) {
	s.with(func() {
		all := s.secrets[path].versions
		f(all[len(all)-1])
	})
}

func (s *server) kv2(w http.ResponseWriter, r *http.Request, path string) {
	if folder, ok := strings.CutPrefix(path+"/", "metadata/"); ok && param(r, "list") == "true" {
		s.list(w, strings.TrimSuffix(folder, "/"), keysOf(s.secrets))
		return
	}
	if name, ok := strings.CutPrefix(path, "metadata/"); ok {
		s.metadata(w, name)
		return
	}
	name, ok := strings.CutPrefix(path, "data/")
	if !ok {
		reply(w, http.StatusNotFound, map[string]any{"data": nil, "warnings": []string{
			"Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv get' for this operation.",
		}})
		return
	}
	rec, n := s.secrets[name], 0
	if rec != nil {
		n = len(rec.versions)
	}
	if v := param(r, "version"); v != "" && v != "0" {
		n, _ = strconv.Atoi(v)
	}
	if rec == nil || n < 1 || n > len(rec.versions) {
		reply(w, http.StatusNotFound, map[string]any{"errors": []string{}})
		return
	}
	v := rec.versions[n-1]
	status, data := http.StatusOK, any(v.data)
	if deleted, err := time.Parse(time.RFC3339, v.deletion); v.destroyed || err == nil && deleted.Before(time.Now()) {
		status, data = http.StatusNotFound, nil
	}
	reply(w, status, map[string]any{"request_id": "r", "lease_id": "", "data": map[string]any{"data": data, "metadata": map[string]any{
		"version": n, "created_time": v.created.Format(time.RFC3339Nano), "deletion_time": v.deletion, "destroyed": v.destroyed, "custom_metadata": nil,
	}}})
}

// metadata answers a read of the metadata: all versions, without their data.
func (s *server) metadata(w http.ResponseWriter, name string) {
	rec := s.secrets[name]
	if rec == nil {
		reply(w, http.StatusNotFound, map[string]any{"errors": []string{}})
		return
	}
	versions := map[string]any{}
	for i, v := range rec.versions {
		versions[strconv.Itoa(i+1)] = map[string]any{
			"created_time": v.created.Format(time.RFC3339Nano), "deletion_time": v.deletion, "destroyed": v.destroyed,
		}
	}
	data := map[string]any{
		"cas_required": false, "created_time": "2024-01-02T03:04:05.123456789Z", "current_version": len(rec.versions), "custom_metadata": rec.custom,
		"delete_version_after": "0s", "max_versions": 0, "oldest_version": 0, "updated_time": rec.updated.Format(time.RFC3339Nano), "versions": versions,
	}
	reply(w, http.StatusOK, map[string]any{"request_id": "r", "lease_id": "", "data": data})
}

func (s *server) kv1(w http.ResponseWriter, r *http.Request, path string) {
	if param(r, "list") == "true" {
		s.list(w, path, keysOf(s.plain))
		return
	}
	data, ok := s.plain[path]
	if !ok {
		reply(w, http.StatusNotFound, map[string]any{"errors": []string{}})
		return
	}
	reply(w, http.StatusOK, map[string]any{"lease_id": "", "lease_duration": 2764800, "renewable": false, "data": data})
}

func (s *server) list(w http.ResponseWriter, folder string, names []string) {
	if folder != "" {
		folder += "/"
	}
	found := map[string]bool{}
	for _, name := range names {
		if rest, ok := strings.CutPrefix(name, folder); ok {
			key, _, deeper := strings.Cut(rest, "/")
			if deeper {
				key += "/"
			}
			found[key] = true
		}
	}
	if len(found) == 0 {
		reply(w, http.StatusNotFound, map[string]any{"errors": []string{}})
		return
	}
	reply(w, http.StatusOK, map[string]any{"data": map[string]any{"keys": keysOf(found)}})
}

func keysOf[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func param(r *http.Request, key string) string {
	values, _ := url.ParseQuery(r.URL.RawQuery)
	return values.Get(key)
}
