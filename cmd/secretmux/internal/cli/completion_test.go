package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		rig{}.run(t, "completion", shell).want(t, 0, "secretmux")
	}
	rig{}.run(t, "completion", canary).want(t, 2, "bash, zsh, fish or powershell")
	rig{}.run(t, "completion").want(t, 2, "one shell")
}

// unopenable returns a backend with all schemes. It fails the test if a link is
// opened.
func unopenable(t *testing.T) []secretmux.Backend {
	backend := secretmux.Backend{}
	for _, scheme := range []string{"env", "dotenv", "file", "docker", "exec", "memory", "aws-sm", "aws-ps", "vault", "gcp-sm", "azure-kv"} {
		backend[scheme] = func(context.Context, *secretmux.URI) (secretmux.Provider, error) {
			t.Errorf("completion opened %s:", scheme)
			return nil, os.ErrInvalid
		}
	}
	return []secretmux.Backend{backend}
}

// A store that is asked fails the test.
func TestCompletingAsksNoStore(t *testing.T) {
	refs := filepath.Join(t.TempDir(), "refs")
	if err := os.WriteFile(refs, []byte("DB_PASSWORD=db/password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := rig{backends: unopenable(t), env: map[string]string{"SECRETS": "vault://v.example.com/kv/"}}
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"explain", []string{"ex"}},
		{"--reveal", []string{"get", "--rev"}},
		{"DB_PASSWORD", []string{"run", "--refs", refs, "--optional", ""}},
		{"powershell", []string{"completion", ""}},
		{":", []string{"get", ""}},
	} {
		r.run(t, append([]string{"__complete"}, tt.args...)...).want(t, 0, tt.want)
	}
}
