package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

// stores returns a backend for memory://a and memory://b. Each has its own secrets.
func stores(t *testing.T) []secretmux.Backend {
	t.Helper()
	created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	sides := map[string]map[string]string{
		"a": {"db/password": canary, "db/creds": `{"user":"app","password":"` + canary + `"}`, "only/a": "1", "same": canary},
		"b": {"db/password": canary + "2", "only/b": "2", "same": canary},
	}
	providers := map[string]*memory.Provider{}
	for side, secrets := range sides {
		providers[side] = memory.New(nil)
		for name, value := range secrets {
			providers[side].Put(name, []byte(value), secretmux.Meta{Version: "7", Created: created})
		}
	}
	return []secretmux.Backend{failing(secretmux.ErrDenied), {
		"memory": func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
			return providers[u.Authority], nil
		},
	}}
}

// steady removes from an output the parts that differ from run to run.
func steady(text string) string {
	for pattern, with := range map[string]string{
		`"took_seconds": [0-9.e-]+`:   `"took_seconds": 0`,
		`"age_seconds": [0-9.e+]+`:    `"age_seconds": 1`,
		`"(left|right)": "[0-9a-f]+"`: `"$1": "digest"`,
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, with)
	}
	return text
}

func TestJSONIsGolden(t *testing.T) {
	r := rig{backends: stores(t), env: map[string]string{"SECRETS": "memory://b,failing:?on=denied,memory://a"}}
	tests := []struct {
		name string
		code int
		args []string
	}{
		{"get", 0, []string{"get", "db/creds#user"}},
		{"get-absent", 4, []string{"get", "absent"}},
		{"list", 0, []string{"list", "-c", "memory://a,memory://b"}},
		{"check", 0, []string{"check"}},
		{"check-refs", 3, []string{"check", "-c", "memory://a", "db/password", "absent", "db/creds#absent"}},
		{"explain", 0, []string{"explain", "only/a"}},
		{"explain-absent", 3, []string{"explain", "-c", "memory://a", "absent"}},
		{"diff", 1, []string{"diff", "memory://a", "memory://b"}},
		{"lint", 1, []string{"lint", "--env", "production"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := r.run(t, append(tt.args, "--json")...)
			got.want(t, tt.code)
			golden(t, "json/"+tt.name+".json", steady(got.out)+got.err)
		})
	}
}

func TestListLeavesTheEnvironmentOut(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte(canary), 0o600); err != nil {
		t.Fatal(err)
	}
	r := rig{env: map[string]string{"SECRETS": "env:,file://" + dir, "DB_PASSWORD": canary}}
	got := r.run(t, "list")
	got.want(t, 0, "token", "env: is left out")
	if strings.Contains(got.out, "db_password") {
		t.Error("the environment is listed")
	}
	r.run(t, "list", "--all").want(t, 0, "token", "db_password")
	if got := r.run(t, "list", "--quiet", canary); got.code != 0 || got.err != "" {
		t.Errorf("a prefix without secrets: code %d, %q", got.code, got.err)
	}
}

func TestCheckAsksEachLink(t *testing.T) {
	down := secretmux.Backend{"down": func(context.Context, *secretmux.URI) (secretmux.Provider, error) { return checker{}, nil }}
	r := rig{backends: append(stores(t), down)}
	r.run(t, "check", "-c", "memory://a").want(t, 0, "memory://a", "ok")
	r.run(t, "check", "-c", "memory://a,down:").want(t, 5, "down:", "unavailable", "start the store")
	r.run(t, "check", "-c", "memory://a", "only/a", canary).want(t, 3, "only/a", "reference 2", "not found")
	r.run(t, "check", "-c", "failing:,memory://a", canary).want(t, 4, "reference 1: get [not shown] from \"failing:\": denied")
	r.run(t, "check", "-c", "memory://a", canary+"//").want(t, 2, "reference 1")
}

// checker is a store that can't be reached.
type checker struct{}

func (checker) Get(context.Context, string) (secretmux.Secret, error) {
	return secretmux.Secret{}, &secretmux.Error{Op: "get", Class: secretmux.ErrUnavailable}
}

func (checker) Check(context.Context) error {
	return &secretmux.Error{Op: "check", Class: secretmux.ErrUnavailable, Hint: "start the store"}
}

func TestExplainHasTheExitCodeOfGet(t *testing.T) {
	r := rig{backends: stores(t)}
	for _, config := range []string{"memory://a", "memory://b,memory://a", "failing:,memory://a", "failing:?on=denied,memory://a", "failing:?on=denied,memory://b", "memory://a?only=x"} {
		for _, ref := range []string{"only/a", "only/b", "db/creds#user", "db/creds#absent", "absent", "absent//"} {
			want := r.run(t, "get", "-c", config, ref).code
			if got := r.run(t, "explain", "-c", config, ref); got.code != want {
				t.Errorf("explain %s of %s ends with %d, get with %d\n%s%s", ref, config, got.code, want, got.out, got.err)
			}
		}
	}
	r.run(t, "explain", "-c", "memory://b,memory://a", "db/password").want(t, 0, "answers", "shadowed")
	r.run(t, "explain", "-c", "memory://a", canary).want(t, 3, "memory://a", "not found")
}

func TestTimeoutIsUnavailable(t *testing.T) {
	hangs := secretmux.Backend{"hangs": func(context.Context, *secretmux.URI) (secretmux.Provider, error) {
		return secretmux.ProviderFunc(func(ctx context.Context, _ string) (secretmux.Secret, error) {
			<-ctx.Done()
			return secretmux.Secret{}, ctx.Err()
		}), nil
	}}
	r := rig{backends: []secretmux.Backend{hangs}}
	r.run(t, "get", "-c", "hangs:", "--timeout", "10ms", canary).want(t, 5)
}
