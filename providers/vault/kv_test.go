package vault_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

func wantClass(t *testing.T, what string, s secretmux.Secret, err, want error) {
	t.Helper()
	if got := secretmux.ClassOf(err); err == nil || got != want {
		t.Errorf("%s: class %v, want %v: %v", what, got, want, err)
	}
	if !s.IsZero() {
		t.Errorf("%s: a secret beside an error", what)
	}
}

func wantValue(t *testing.T, what string, s secretmux.Secret, err error, want string) {
	t.Helper()
	if err != nil || s.Reveal() != want {
		t.Errorf("%s = %q, %v, want %q", what, s.Reveal(), err, want)
	}
}

// The value is the document as the server wrote it; numbers keep their digits.
func TestDocument(t *testing.T) {
	s := newServer()
	s.hook("/doc", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"data": {"data": {"user": "a<b>", "port": 12345678901234567890, "on" : true, "list": [1, 2.50]},
			"metadata": {"version": 7, "created_time": "2026-03-04T05:06:07.8Z", "deletion_time": "2099-01-01T00:00:00Z", "destroyed": false}}}`))
	})
	p := s.open(t, nil)
	got, err := p.Get(t.Context(), "doc")
	wantValue(t, "Get", got, err, `{"user":"a<b>","port":12345678901234567890,"on":true,"list":[1,2.50]}`)
	if got.Version() != "7" || !got.Created().Equal(time.Date(2026, 3, 4, 5, 6, 7, 8e8, time.UTC)) {
		t.Errorf("version %q created %v", got.Version(), got.Created())
	}
	if !got.Expires().Equal(time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("expires %v, want the deletion_time", got.Expires())
	}
	port, err := got.Field("port")
	wantValue(t, "the field", port, err, "12345678901234567890")
}

// Each answer that is not a secret, and its meaning. Only the last may let a
// chain go on.
func TestAnswersV2(t *testing.T) {
	metadata := `"metadata":{"version":3,"created_time":"2026-03-04T05:06:07Z","deletion_time":"","destroyed":false}`
	tests := []struct {
		name   string
		status int
		body   string
		want   error
	}{
		{"missing mount", 404, `{"errors":["no handler for route \"kv/data/x\". route entry not found."]}`, secretmux.ErrInvalid},
		{"204", 204, ``, secretmux.ErrCorrupt},
		{"empty 200", 200, ``, secretmux.ErrCorrupt},
		{"empty 404", 404, ``, secretmux.ErrCorrupt},
		{"{} 404", 404, `{}`, secretmux.ErrCorrupt},
		{"errors null 404", 404, `{"errors":null}`, secretmux.ErrCorrupt},
		{"HTML 404", 404, `<html>not found</html>`, secretmux.ErrCorrupt},
		{"an array", 200, `[]`, secretmux.ErrCorrupt},
		{"two documents", 200, `{}{}`, secretmux.ErrCorrupt},
		{"errors 200", 200, `{"errors":[]}`, secretmux.ErrCorrupt},
		{"v1 path", 404, `{"data":null,"warnings":["Invalid path for a versioned K/V secrets engine."]}`, secretmux.ErrInvalid},
		{"v1 secret", 200, `{"data":{"password":"x"}}`, secretmux.ErrInvalid},
		{"wrapped", 200, `{"data":null,"wrap_info":{"token":"x"}}`, secretmux.ErrInvalid},
		{"data is text", 200, `{"data":"x"}`, secretmux.ErrCorrupt},
		{"null data", 200, `{"data":{"data":null,` + metadata + `}}`, secretmux.ErrInvalid},
		{"no data", 200, `{"data":{` + metadata + `}}`, secretmux.ErrCorrupt},
		{"null data of a deleted version", 404, `{"data":{"data":null,"metadata":{"version":2,"deletion_time":"2026-01-02T03:04:05Z"}}}`, secretmux.ErrDisabled},
		{"list data", 200, `{"data":{"data":[],` + metadata + `}}`, secretmux.ErrCorrupt},
		{"no version", 200, `{"data":{"data":{},"metadata":{"version":0}}}`, secretmux.ErrCorrupt},
		{"bad deletion", 404, `{"data":{"data":null,"metadata":{"version":1,"deletion_time":"soon"}}}`, secretmux.ErrCorrupt},
		{"404 of a live version", 404, `{"data":{"data":null,` + metadata + `}}`, secretmux.ErrCorrupt},
		{"another version", 200, `{"data":{"data":{},` + metadata + `}}`, secretmux.ErrCorrupt},
		{"bad request", 400, `{"errors":["invalid"]}`, secretmux.ErrInvalid},
		{"absent", 404, `{"errors":[]}`, secretmux.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer()
			s.hook("/x", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			})
			got, err := s.open(t, nil).GetVersion(t.Context(), "x", "2")
			wantClass(t, "GetVersion", got, err, tt.want)
		})
	}
}

func TestVersions(t *testing.T) {
	s := newServer()
	s.put("a", map[string]any{"v": "one"})
	s.put("a", map[string]any{"v": "two"})
	s.change("a", func(v *version) { v.deletion = "2026-01-02T03:04:05Z" })
	s.put("a", map[string]any{"v": "three"})
	s.change("a", func(v *version) { v.destroyed = true })
	s.put("a", map[string]any{"v": "four"})
	p := s.open(t, nil)
	tests := []struct {
		version, want string
		class         error
	}{
		{"1", `{"v":"one"}`, nil},
		{"2", "", secretmux.ErrDisabled},
		{"3", "", secretmux.ErrDisabled},
		{"4", `{"v":"four"}`, nil},
		{"5", "", secretmux.ErrNotFound},
		{"current", `{"v":"four"}`, nil},
		{"previous", "", secretmux.ErrDisabled},
		{"0", "", secretmux.ErrInvalid},
		{"-1", "", secretmux.ErrInvalid},
		{"+1", "", secretmux.ErrInvalid},
		{"01", "", secretmux.ErrInvalid},
		{"latest", "", secretmux.ErrInvalid},
		{"99999999999999999999", "", secretmux.ErrInvalid},
	}
	for _, tt := range tests {
		got, err := p.GetVersion(t.Context(), "a", tt.version)
		if tt.class != nil {
			wantClass(t, tt.version, got, err, tt.class)
			continue
		}
		wantValue(t, tt.version, got, err, tt.want)
	}
	// The version before a deleted one can still be read.
	s.change("a", func(v *version) { v.deletion = "2026-01-02T03:04:05Z" })
	s.with(func() { s.secrets["a"].versions[2].destroyed = false })
	got, err := p.GetVersion(t.Context(), "a", "previous")
	wantValue(t, "previous of a deleted one", got, err, `{"v":"three"}`)
}

func TestWrongKVVersion(t *testing.T) {
	s := newServer()
	s.put("a", map[string]any{"v": "x"})
	s.plain["a"] = map[string]any{"v": "x"}
	for what, o := range map[string]vault.Options{
		"v2 paths on a v1 mount": {Mount: "old"},
		"v1 paths on a v2 mount": {Mount: "kv", KV: 1},
		"no KV engine":           {Mount: "database"},
		"no mount":               {Mount: "nowhere"},
		"no mount, v1":           {Mount: "nowhere", KV: 1},
	} {
		p := s.open(t, func(all *vault.Options) { all.Mount, all.KV = o.Mount, o.KV })
		for _, name := range []string{"a", "absent"} {
			got, err := p.Get(t.Context(), name)
			wantClass(t, what+": Get of "+name, got, err, secretmux.ErrInvalid)
		}
		for _, err := range secretmux.List(t.Context(), p, "") {
			wantClass(t, what+": List", secretmux.Secret{}, err, secretmux.ErrInvalid)
		}
	}
}

// The mount is looked up once at most, and not at all once an answer has proved
// what it is.
func TestMountIsProvedOnce(t *testing.T) {
	const probe = "GET /v1/sys/internal/ui/mounts/kv"
	s := newServer()
	p := s.open(t, nil)
	for range 3 {
		got, err := p.Get(t.Context(), "absent")
		wantClass(t, "Get", got, err, secretmux.ErrNotFound)
	}
	if n := s.counted(probe); n != 1 {
		t.Errorf("the mount was looked up %d times, want once", n)
	}
	s = newServer()
	s.put("a", map[string]any{"v": "x"})
	p = s.open(t, nil)
	_, _ = p.Get(t.Context(), "a")
	got, err := p.Get(t.Context(), "absent")
	wantClass(t, "Get", got, err, secretmux.ErrNotFound)
	if n := s.counted(probe); n != 0 {
		t.Errorf("the mount was looked up %d times after a read of it, want never", n)
	}
}

func TestMountCannotBeProved(t *testing.T) {
	for status, want := range map[int]error{
		403: secretmux.ErrDenied, 404: secretmux.ErrNotFound, 405: secretmux.ErrNotFound,
		429: secretmux.ErrThrottled, 503: secretmux.ErrUnavailable, 200: secretmux.ErrCorrupt,
	} {
		s := newServer()
		s.hook("/mounts/kv", func(w http.ResponseWriter, _ *http.Request) { reply(w, status, map[string]any{"errors": []string{}}) })
		got, err := s.open(t, nil).Get(t.Context(), "absent")
		wantClass(t, "Get of an absent secret", got, err, want)
	}
}

func TestEnginesWithoutVersions(t *testing.T) {
	s := newServer()
	s.plain["a"] = map[string]any{"v": "x"}
	p := s.open(t, func(o *vault.Options) { o.Mount, o.KV = "old", 1 })
	for _, version := range []string{"1", "previous"} {
		got, err := p.GetVersion(t.Context(), "a", version)
		wantClass(t, version, got, err, errors.ErrUnsupported)
	}
	got, err := p.GetVersion(t.Context(), "a", "current")
	wantValue(t, "current", got, err, `{"v":"x"}`)
}

func TestField(t *testing.T) {
	s := newServer()
	s.put("a", map[string]any{"value": "x", "port": 5432})
	got, err := s.open(t, func(o *vault.Options) { o.Field = "port" }).Get(t.Context(), "a")
	wantValue(t, "a number", got, err, "5432")
	// The secret exists, so a chain must not go on.
	got, err = s.open(t, func(o *vault.Options) { o.Field = "absent" }).Get(t.Context(), "a")
	wantClass(t, "an absent field", got, err, secretmux.ErrInvalid)
}

func TestListFolders(t *testing.T) {
	s := newServer()
	for _, name := range []string{"app/db/user", "app/db/password", "app/db", "app/dbx", "app/deep/er/x", "other", "app/bad."} {
		s.put(name, map[string]any{"v": "x"})
	}
	p := s.open(t, func(o *vault.Options) { o.Prefix = "app" })
	for prefix, want := range map[string][]string{
		"":        {"db", "db/password", "db/user", "dbx", "deep/er/x"},
		"db":      {"db", "db/password", "db/user", "dbx"},
		"db/":     {"db/password", "db/user"},
		"db/p":    {"db/password"},
		"deep/er": {"deep/er/x"},
		"x/y/z":   nil,
		"../":     nil,
		"/":       nil,
	} {
		var got []string
		for info, err := range p.List(t.Context(), prefix) {
			if err != nil {
				t.Errorf("List(%q): %v", prefix, err)
			}
			got = append(got, info.Name)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("List(%q) = %q, want %q", prefix, got, want)
		}
	}
}
