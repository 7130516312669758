package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGetPrintsNoValue(t *testing.T) {
	r := rig{env: map[string]string{"SECRETS": "env:", "DB_PASSWORD": canary}}
	for _, args := range [][]string{{"get", "db/password"}, {"get", "db/password", "--json"}} {
		got := r.run(t, args...)
		got.want(t, 0, "env:")
	}
}

func TestGetReveals(t *testing.T) {
	r := rig{env: map[string]string{"SECRETS": "env:", "DB_PASSWORD": canary}, reveals: true}
	if got := r.run(t, "get", "db/password", "--reveal"); got.out != canary {
		t.Errorf("--reveal printed %d bytes, want the value's %d", len(got.out), len(canary))
	}
	var described struct{ Ref, Source, Value string }
	r.run(t, "get", "db/password", "--reveal", "--json").decode(t, &described)
	if described.Value != canary || described.Ref != "db/password" || described.Source != "env:" {
		t.Errorf("got ref %q, source %q and another value", described.Ref, described.Source)
	}
}

func TestGetWritesAPrivateFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "value")
	if err := os.WriteFile(file, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := rig{env: map[string]string{"SECRETS": "env:", "DB_PASSWORD": canary}}
	r.run(t, "get", "db/password", "-o", file).want(t, 2, "--reveal")
	r.run(t, "get", "db/password", "-o", file, "--reveal").want(t, 0)
	got, err := os.ReadFile(file)
	if err != nil || string(got) != canary {
		t.Fatalf("the file holds %d bytes, %v", len(got), err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
	}
	r.run(t, "get", "db/password", "-o", filepath.Dir(file), "--reveal").want(t, 2, "not a regular file")
	r.run(t, "get", "db/password", "-o", filepath.Join(file, canary), "--reveal").want(t, 2, "can't be written")
}

func TestGetDoesNotEchoWhatWasTyped(t *testing.T) {
	r := rig{env: map[string]string{"SECRETS": "env:,dotenv:.env"}}
	tests := []struct {
		name string
		args []string
		code int
	}{
		{"a value in place of a name", []string{"get", canary}, 3},
		{"with a field", []string{"get", "x#" + canary}, 3},
		{"with a version", []string{"get", "x?version=" + canary}, 3},
		{"no reference at all", []string{"get", "../" + canary}, 2},
		{"two words", []string{"get", canary, canary}, 2},
		{"a command", []string{canary}, 2},
		{"a flag", []string{"get", "--" + canary}, 2},
		{"a short flag", []string{"get", "-" + canary}, 2},
		{"a flag's value", []string{"get", "x", "--timeout", canary}, 2},
		{"a boolean's value", []string{"get", "x", "--json=" + canary}, 2},
		{"a config string", []string{"get", "x", "-c", canary}, 2},
		{"credentials in a config string", []string{"get", "x", "-c", "vault://u:" + canary + "@host/kv"}, 2},
		{"of help", []string{"help", canary}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r.run(t, tt.args...).want(t, tt.code, "secretmux: ")
			got := r.run(t, append(tt.args, "--json")...)
			got.want(t, tt.code)
			var report struct {
				Error string
				Code  int
			}
			if strings.HasPrefix(got.err, "{") {
				if err := json.Unmarshal([]byte(got.err), &report); err != nil || report.Code != tt.code || report.Error == "" {
					t.Errorf("--json reports %+v, %v", report, err)
				}
			}
		})
	}
}

func TestGetWithoutAConfigString(t *testing.T) {
	rig{}.run(t, "get", "db/password").want(t, 2, "set SECRETS or pass -c")
}
