package gcp_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

func TestNames(t *testing.T) {
	plain, separated := gcp.Options{}, gcp.Options{Separator: "--"}
	prefixed := gcp.Options{Prefix: "app_", Separator: "_"}
	tests := []struct {
		opts gcp.Options
		name string
		id   string // empty: ErrInvalid
	}{
		{plain, "db-password", "db-password"},
		{plain, "DB_PASSWORD", "DB_PASSWORD"},
		{plain, "-", "-"},
		{plain, strings.Repeat("a", 255), strings.Repeat("a", 255)},
		{plain, strings.Repeat("a", 256), ""},
		{plain, "db/password", ""},
		{plain, "db.password", ""},
		{plain, "db password", ""},
		{plain, "db:password", ""},
		{plain, "pässword", ""},
		{plain, "projects/1/secrets/x", ""},
		{plain, "../../sys/seal-status", ""},
		{plain, "a//b", ""},
		{plain, strings.Repeat("a", 3000), ""},
		{plain, "", ""},
		{separated, "projects/1/secrets/x", ""},
		{separated, "projects/p/locations/europe-west1/secrets/x/versions/2", ""},
		{separated, "projects/x", "projects--x"},
		{separated, "db/password", "db--password"},
		{separated, "a/b/c", "a--b--c"},
		{separated, "a-b/c", "a-b--c"},
		{separated, "a--b", ""},
		{separated, "a-/b", ""},
		{separated, "a/-b", ""},
		{separated, "-a", ""},
		{separated, "a/-/b", ""},
		{separated, "a/b.c", ""},
		{separated, "../x", ""},
		{prefixed, "db/password", "app_db_password"},
		{prefixed, "db_password", ""},
		{prefixed, strings.Repeat("a", 251), "app_" + strings.Repeat("a", 251)},
		{prefixed, strings.Repeat("a", 252), ""},
	}
	for _, tt := range tests {
		id, err := tt.opts.ID(tt.name)
		switch {
		case id != tt.id:
			t.Errorf("%+v maps %q to %q, want %q", tt.opts, tt.name, id, tt.id)
		case id == "" && secretmux.ClassOf(err) != errInvalid:
			t.Errorf("%q: %v, want %v", tt.name, err, errInvalid)
		case id == "" && tt.name != "" && len(tt.name) > 3 && strings.Contains(err.Error(), tt.name):
			t.Errorf("the error quotes the name: %v", err)
		}
		if id != "" {
			if name, ok := tt.opts.NameOf(id); !ok || name != tt.name {
				t.Errorf("%q comes back as %q, %v, want %q", id, name, ok, tt.name)
			}
		}
	}
}

// A refused name makes no call.
func TestBadNamesMakeNoCall(t *testing.T) {
	f, p := start(t, gcp.Options{})
	for _, name := range []string{"../../sys/seal-status", "a//b", strings.Repeat("a", 3000), "db/password", "db.password"} {
		s, err := p.Get(t.Context(), name)
		wantClass(t, "Get", s, err, errInvalid)
		for _, version := range []string{"1", "previous", "current"} {
			s, err = p.GetVersion(t.Context(), name, version)
			wantClass(t, "GetVersion", s, err, errInvalid)
		}
	}
	if n := f.calls.Load(); n != 0 {
		t.Errorf("%d calls, want none", n)
	}
}

// No two names share a secret, because name is the reverse of id.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"db/password", "a-/b", "a/-b", "a--b", "a---b", "a/b/c", "_/_", "a-_b", "x"} {
		f.Add(seed, "--", "")
		f.Add(seed, "-", "app-")
		f.Add(seed, "-_", "app-_")
		f.Add(seed, "", "")
	}
	f.Fuzz(func(t *testing.T, name, separator, prefix string) {
		opts := gcp.Options{Project: project, Separator: separator, Prefix: prefix}
		if _, err := gcp.New(opts); err != nil {
			t.Skip("no options")
		}
		id, err := opts.ID(name)
		if err != nil {
			if secretmux.ClassOf(err) != errInvalid {
				t.Fatalf("the class is %v", secretmux.ClassOf(err))
			}
			return
		}
		if back, ok := opts.NameOf(id); !ok || back != name {
			t.Fatalf("%q is the secret %q, which is %q", name, id, back)
		}
		if len(id) > 255 || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Fatalf("%q is not the name of a secret", id)
		}
	})
}
