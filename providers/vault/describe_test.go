package vault_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

func TestDescribe(t *testing.T) {
	s := newServer()
	s.put("app/db", map[string]any{"value": "one"})
	s.put("app/db", map[string]any{"value": "two"})
	made := time.Now().Add(-100 * 24 * time.Hour).UTC()
	s.change("app/db", func(v *version) { v.created = made })
	p := s.open(t, nil)
	before, err := p.Describe(t.Context(), "app/db")
	if err != nil || before.Version != "2" || !before.VersionCreated.Equal(made) || before.Enabled == nil || !*before.Enabled {
		t.Fatalf("%+v, %v", before, err)
	}
	if want := []string{"GET /v1/kv/metadata/app/db"}; !slices.Equal(s.seen, want) {
		t.Errorf("the calls were %q, want %q", s.seen, want)
	}
	s.with(func() { // custom metadata is Vault's tags
		s.secrets["app/db"].custom, s.secrets["app/db"].updated = map[string]string{"owner": "me"}, time.Now().UTC()
	})
	after, err := p.Describe(t.Context(), "app/db")
	if err != nil || !after.VersionCreated.Equal(made) || time.Since(after.Updated) > time.Minute {
		t.Errorf("after the tag: %+v, %v", after, err)
	}
	s.change("app/db", func(v *version) { v.deletion = "2026-01-02T03:04:05.123456789Z" })
	if info, err := p.Describe(t.Context(), "app/db"); err != nil || *info.Enabled {
		t.Errorf("deleted: %+v, %v", info, err)
	}
	s.change("app/db", func(v *version) { v.deletion, v.destroyed = "", true })
	if info, err := p.Describe(t.Context(), "app/db"); err != nil || *info.Enabled {
		t.Errorf("destroyed: %+v, %v", info, err)
	}
}

func TestDescribeFails(t *testing.T) {
	answer := func(body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/metadata/") {
				return false
			}
			_, _ = w.Write([]byte(body))
			return true
		}
	}
	tests := []struct {
		name  string
		body  string // of the answer; empty: the fake's own
		opts  func(*vault.Options)
		class error
		says  string
	}{
		{name: "no policy for metadata", class: secretmux.ErrDenied, says: `"read" on kv/metadata/app/db`},
		{name: "KV version 1", opts: func(o *vault.Options) { o.Mount, o.KV = "old", 1 }, class: errors.ErrUnsupported},
		{name: "dynamic", opts: func(o *vault.Options) { o.Mount, o.Dynamic = "database", true }, class: errors.ErrUnsupported},
		{name: "no versions yet", body: `{"data":{"current_version":0,"versions":{}}}`, class: secretmux.ErrDisabled},
		{name: "no metadata", body: `{"data":{"value":"x"}}`, class: secretmux.ErrCorrupt},
		{name: "the current one is missing", body: `{"data":{"current_version":2,"versions":{"1":{"created_time":"2026-01-02T03:04:05Z"}}}}`, class: secretmux.ErrCorrupt},
		{name: "no time", body: `{"data":{"current_version":1,"versions":{"1":{}}}}`, class: secretmux.ErrCorrupt},
		{name: "a malformed time", body: `{"data":{"current_version":1,"versions":{"1":{"created_time":"2026-01-02T03:04:05Z","deletion_time":"x"}}}}`, class: secretmux.ErrCorrupt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer()
			s.put("app/db", map[string]any{"value": "one"})
			s.denied["kv/metadata/app/db"] = true
			if tt.body != "" {
				s.answer = answer(tt.body)
			}
			_, err := s.open(t, tt.opts).Describe(t.Context(), "app/db")
			if secretmux.ClassOf(err) != tt.class || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v, want %v", err, tt.class)
			}
		})
	}
}

// 1,000 secrets in two folders cost a list of each folder, a list of the folder
// around them, and one call for the age of each secret.
func TestCallsOfAThousand(t *testing.T) {
	const all = 1000
	s := newServer()
	for i := range all {
		s.put(fmt.Sprintf("folder%d/s%04d", i%2, i), map[string]any{"value": "x"})
	}
	p := s.open(t, nil)
	var names []string
	for info, err := range p.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	lists := s.count()
	for _, name := range names {
		if info, err := p.Describe(t.Context(), name); err != nil || info.VersionCreated.IsZero() {
			t.Fatalf("%+v, %v", info, err)
		}
	}
	if described := s.count() - lists; len(names) != all || lists != 3 || described != all {
		t.Errorf("%d secrets in %d lists and %d descriptions, want 3 and %d", len(names), lists, described, all)
	}
}
