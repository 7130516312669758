package env_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

func TestGet(t *testing.T) {
	e := newEnviron("APP_DB_PASSWORD=p#1 $x\n", "DB_PASSWORD=other", "APP_EMPTY=", "APP_BYTES=\xff\x01")
	p := e.open(t, env.Options{Prefix: "APP_"})
	s := wantValue(t, p, "db/password", "p#1 $x\n")
	if s.Source() != "env:?prefix=APP_" || s.Version() != secretmux.ContentVersion(s.Bytes()) {
		t.Errorf("source %q, version %q", s.Source(), s.Version())
	}
	wantValue(t, p, "bytes", "\xff\x01")
	wantClass(t, p, "empty", secretmux.ErrNotFound)
	wantClass(t, p, "absent", secretmux.ErrNotFound)
	for _, name := range []string{"", "a\x00b", "../x", "/x", "x/", "a#b"} {
		wantClass(t, p, name, secretmux.ErrInvalid)
	}
}

func TestGetSeesChanges(t *testing.T) {
	e := newEnviron("A=1")
	p := e.open(t, env.Options{})
	wantValue(t, p, "a", "1")
	e.set("A", "2")
	wantValue(t, p, "a", "2")
	e.unset("A")
	wantClass(t, p, "a", secretmux.ErrNotFound)
}

func TestKeepEmpty(t *testing.T) {
	p := newEnviron("EMPTY=").open(t, env.Options{KeepEmpty: true})
	if s := wantValue(t, p, "empty", ""); s.IsZero() {
		t.Error("the empty secret is the zero one")
	}
	wantClass(t, p, "absent", secretmux.ErrNotFound)
}

func TestProcessEnvironment(t *testing.T) {
	t.Setenv("SECRETMUX_TEST_VALUE", "from the process")
	p, err := env.New(env.Options{Prefix: "SECRETMUX_TEST_"})
	if err != nil {
		t.Fatal(err)
	}
	wantValue(t, p, "value", "from the process")
	if got := list(t, p, ""); !slices.Equal(got, []string{"value"}) {
		t.Errorf("listed %q", got)
	}
}

func TestTwoNamesForOneVariable(t *testing.T) {
	e := newEnviron("DB_PASSWORD=canary-7731")
	p := e.open(t, env.Options{})
	wantClass(t, p, "late-one", secretmux.ErrNotFound)
	wantValue(t, p, "db/password", "canary-7731")
	for range 2 {
		err := wantClass(t, p, "db-password", secretmux.ErrInvalid)
		for _, part := range []string{"DB_PASSWORD", "db/password", "db-password"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("the error does not name %s: %v", part, err)
			}
		}
		wantValue(t, p, "db/password", "canary-7731")
	}
	// A variable that did not exist did not belong to a name.
	e.set("LATE_ONE", "x")
	wantValue(t, p, "late.one", "x")
	wantClass(t, p, "late-one", secretmux.ErrInvalid)
}

// An odd name that was asked for first does not block a plain one.
func TestOddNamesGiveWay(t *testing.T) {
	for _, odd := range []string{"db\u200bpassword", "db\u202epassword", "db\u00a0password", "db password", "db\u00e9password"} {
		p := newEnviron("DB_PASSWORD=1").open(t, env.Options{})
		wantValue(t, p, odd, "1")
		wantValue(t, p, "db/password", "1")
		err := wantClass(t, p, odd, secretmux.ErrInvalid)
		if strings.Contains(err.Error(), odd) && odd != "db password" && odd != "db\u00e9password" || !strings.Contains(err.Error(), `"db/password"`) {
			t.Errorf("the error shows %+q unquoted: %v", odd, err)
		}
		wantValue(t, p, "db/password", "1")
	}
}

// The name of the holder is quoted, because it may have characters that change a
// terminal.
func TestHolderIsQuoted(t *testing.T) {
	p := newEnviron("DB_PASSWORD=1").open(t, env.Options{})
	wantValue(t, p, "db\u202epassword", "1")
	err := wantClass(t, p, "db\u200bpassword", secretmux.ErrInvalid)
	if strings.ContainsAny(err.Error(), "\u202e\u200b") || !strings.Contains(err.Error(), `db\u202epassword`) {
		t.Errorf("%+q", err.Error())
	}
}

func TestTwoNamesAtOnce(t *testing.T) {
	p := newEnviron("A_B=1").open(t, env.Options{})
	var wg sync.WaitGroup
	answered := make([]bool, 2)
	for i, name := range []string{"a/b", "a-b"} {
		wg.Go(func() {
			_, err := p.Get(t.Context(), name)
			answered[i] = err == nil
		})
	}
	wg.Wait()
	if answered[0] == answered[1] {
		t.Errorf("answered %v, want exactly one", answered)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := newEnviron("A=1").open(t, env.Options{})
	_, err := p.Get(ctx, "a")
	if !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
		t.Errorf("Get: %v", err)
	}
	for _, err := range p.List(ctx, "") {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("List: %v", err)
		}
	}
}

func TestList(t *testing.T) {
	e := newEnviron("APP_DB_PASSWORD=1", "APP_EMPTY=", "OTHER=1", "APP_lower=1", "APP_=1", "APP_TLS_KEY_FILE=/x", "APP_2FA=1", "BOTH_A=1", "BOTH_A_FILE=/x")
	tests := []struct {
		opts   env.Options
		prefix string
		want   []string
	}{
		{env.Options{Prefix: "APP_"}, "", []string{"2fa", "db_password", "tls_key_file"}},
		{env.Options{Prefix: "APP_"}, "db/", []string{"db/password"}},
		{env.Options{Prefix: "APP_"}, "x", nil},
		{env.Options{Prefix: "APP_", KeepEmpty: true}, "e", []string{"empty"}},
		{env.Options{Prefix: "APP_", Files: true}, "tls", []string{"tls_key"}},
		{env.Options{Prefix: "BOTH_", Files: true}, "", []string{"a"}},
	}
	for _, tt := range tests {
		if got := list(t, e.open(t, tt.opts), tt.prefix); !slices.Equal(got, tt.want) {
			t.Errorf("List(%q) with %+v = %q, want %q", tt.prefix, tt.opts.Prefix, got, tt.want)
		}
	}
}

func TestListStopsEarly(t *testing.T) {
	for range newEnviron("A=1", "B=1").open(t, env.Options{}).List(t.Context(), "") {
		break
	}
}

// A listed name can be read, even after it was read by another name.
func TestListAfterGet(t *testing.T) {
	p := newEnviron("DB_PASSWORD=1").open(t, env.Options{})
	wantValue(t, p, "db-password", "1")
	for prefix, want := range map[string][]string{"": {"db-password"}, "db-": {"db-password"}, "db_": nil} {
		if got := list(t, p, prefix); !slices.Equal(got, want) {
			t.Errorf("List(%q) = %q, want %q", prefix, got, want)
		}
	}
}

func list(t *testing.T, p *env.Provider, prefix string) []string {
	t.Helper()
	names := make(map[string]bool)
	for info, err := range p.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		if names[info.Name] {
			t.Errorf("%s is listed twice", info.Name)
		}
		names[info.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}
