package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

// The mistakes of a person in a hurry, with the answers. docs/cli.md has the same
// table.
func TestAPersonInAHurry(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("PASSWORD="+canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		args    []string
		code    int
		text    string
		secrets string // SECRETS
	}{
		{"no config string", []string{"get", "db/password"}, 2, "set SECRETS or pass -c, as in -c 'env:,dotenv:.env'", ""},
		{"a misspelt command", []string{"chek"}, 2, "did you mean check?", "env:"},
		{"a value in place of a name", []string{"get", canary}, 3, "get [not shown]", "env:"},
		{"a dash in a variable", []string{"run", "-e", "DB-PASSWORD=db/password", "--", "true"}, 2, "-e number 1 has no name of a variable before its = (use letters, digits and _", "env:"},
		{"an absent variable", []string{"get", "hunter2"}, 3, "the variable [redacted] is unset or empty (set this variable)", "env:"},
		{"the variable instead of -e NAME=REF", []string{"run", "-e", "DB_PASSWORD", "--", "true"}, 2, "-e number 1 is not NAME=REF (write it as in DB_PASSWORD=db/password)", "env:"},
		{"NAME=VALUE instead of NAME=REF", []string{"run", "-e", "DB_PASSWORD=" + canary, "--", "true"}, 3, "DB_PASSWORD: get [not shown]", "env:"},
		{"the real .env as a file of references", []string{"run", "--refs", ".env", "--", "true"}, 3, "PASSWORD: get [not shown]", "dotenv:.env"},
		{"no command after --", []string{"run", "-e", "X=password"}, 2, "run takes a command after --, but got 0 words", "dotenv:.env"},
		{"a path instead of a config string", []string{"get", "password", "-c", ".env"}, 2, "link 1", ""},
		{"a misspelt scheme", []string{"get", "password", "-c", "dotnev:.env"}, 2, "did you mean dotenv:?", ""},
		{"a password in the config string", []string{"get", "x", "-c", "vault://user:" + canary + "@host/kv/"}, 2, "link 1", ""},
		{"a duration without a unit", []string{"get", "password", "--timeout", "30"}, 2, "the value of --timeout is malformed", "dotenv:.env"},
		{"-o without --reveal", []string{"get", "password", "-o", "out"}, 2, "add --reveal", "dotenv:.env"},
		{"a flag of another command", []string{"list", "--reveal"}, 2, "one of the flags is not a flag of list", "dotenv:.env"},
		{"two names for get", []string{"get", "password", canary}, 2, "get takes one reference", "dotenv:.env"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := rig{env: map[string]string{"SECRETS": tt.secrets}}
			got := r.run(t, tt.args...)
			got.want(t, tt.code, tt.text)
			if got.out != "" || !strings.HasPrefix(got.err, "secretmux: ") {
				t.Errorf("stdout %q, stderr %q", got.out, got.err)
			}
			t.Log(got.err)
		})
	}
}

func TestAPanicQuotesNothing(t *testing.T) {
	panics := secretmux.Backend{"panics": func(context.Context, *secretmux.URI) (secretmux.Provider, error) { panic(canary) }}
	rig{backends: []secretmux.Backend{panics}}.run(t, "get", "-c", "panics:", "x").want(t, 2, "a bug")
}

func TestStartersNeedAFlag(t *testing.T) {
	r := rig{starters: []secretmux.Backend{failing(secretmux.ErrDenied)}}
	r.run(t, "get", "-c", "failing:", "x").want(t, 2, "starts a program", "--allow-exec")
	r.run(t, "get", "-c", "failing:", "x", "--allow-exec").want(t, 4)
}
