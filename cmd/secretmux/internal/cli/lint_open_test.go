package cli_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/providers/exec"
	"github.com/secretmux/secretmux/providers/gcp"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/providers/vault"
	"github.com/secretmux/secretmux/testing/memory"
)

// inMemory returns a backend for memory: links.
func inMemory() secretmux.Backend {
	return secretmux.Backend{"memory": func(context.Context, *secretmux.URI) (secretmux.Provider, error) {
		return memory.New(nil), nil
	}}
}

// lintRig returns a rig with every backend of the command.
func lintRig() rig {
	return rig{
		backends: []secretmux.Backend{
			local.Backend(), age.Backend(), aws.Backend(), azure.Backend(), vault.Backend(), gcp.Backend(), inMemory(),
		},
		starters: []secretmux.Backend{exec.Backend()},
		linted:   []secretmux.Backend{exec.Options{Find: filepath.Abs}.Backend()},
	}
}

// L14 has the text of the error that other commands print for the string.
func TestLintTellsWhatDoesNotOpen(t *testing.T) {
	tests := []struct{ config, want string }{
		{"env:DB", "env: takes no path"},
		{"env:?prefx=APP_", "unknown parameter"},
		{"env:?empty=yes", "empty"},
		{"dotenv://.env", "dotenv:"},
		{"dotenv:", "dotenv:.env"},
		{"dotenv:.env?dialect=ruby", "dialect"},
		{"dotenv:~/.env", "shell"},
		{"file:", "file:"},
		{"file://etc/secrets", "file:"},
		{"file:///etc/secrets?missing=maybe", "missing"},
		{"docker://run/secrets", "docker:"},
		{"docker:?trim=all", "trim"},
		{"systemd:creds", "systemd: takes no path"},
		{"systemd:?prefix=a/b", "prefix"},
		{"age:", "age:"},
		{"age://secrets.env.age", "age:"},
		{"age:a.age?name=../x", "name="},
		{"sops:secrets.yaml", "YAML"},
		{"sops:secrets.env?name=a", "name="},
		{"exec:op?arg=read", "does not say which secret"},
		{"exec:bin/op?arg={name}", "relative path"},
		{"exec:op?arg={name}&notfound=300", "notfound"},
		{"aws-sm://eu_west_1/", "region"},
		{"aws-sm://eu-west-1/?endpoint=localhost", "endpoint"},
		{"aws-ps://eu-west-1/?with_decryption=true", "unknown parameter"},
		{"aws-ps://Eu-West-1/", "region"},
		{"vault:kv", "vault:"},
		{"vault://v.example.com", "mount"},
		{"vault://v.example.com/kv/?kv=3", "kv"},
		{"vault://v.example.com/kv/?auth=ldapp", "auth"},
		{"vault://v.example.com/kv/?http=true&ca_file=/x.pem", "ca_file"},
		{"gcp-sm://my-project/app", "gcp-sm: takes no path"},
		{"gcp-sm:", "project"},
		{"gcp-sm://my-project?endpoint=http://x", "endpoint"},
		{"azure-kv://my-vault/app", "azure-kv: takes no path"},
		{"azure-kv:", "vault"},
		{"azure-kv://my-vault?sep=/", "sep"},
	}
	r := lintRig()
	for _, tt := range tests {
		t.Run(tt.config, func(t *testing.T) {
			t.Setenv("CREDENTIALS_DIRECTORY", "")
			config := "env:?prefix=A_," + tt.config
			got := r.run(t, "lint", "--json", config)
			got.want(t, 1, tt.want)
			var findings []struct {
				ID, Severity, Source, Text string
				Link                       int
			}
			got.decode(t, &findings)
			if f := findings[0]; f.ID != "L14" || f.Severity != "error" || f.Link != 2 || f.Source != "" {
				t.Errorf("got %+v", f)
			}
			if strings.HasPrefix(tt.config, "exec:") {
				return // other mistakes in these depend on the machine
			}
			opened := r.run(t, "get", "-c", config, "a")
			opened.want(t, 2)
			for _, f := range findings {
				problem, _, _ := strings.Cut(strings.TrimPrefix(f.Text, "the link can't be opened: "), "; ")
				if f.ID == "L14" && !strings.Contains(opened.err, problem) {
					t.Errorf("lint says %q, get %q", problem, opened.err)
				}
			}
		})
	}
}

// A link that can't be opened may hold anything, so nothing of it is printed.
func TestLintShowsNothingOfALinkThatDoesNotOpen(t *testing.T) {
	for _, config := range []string{
		"dotenv:.env?pasword=" + canary, "dotenv://" + canary, "file://" + canary + "/x", "env:" + canary,
		"aws-sm://" + canary + "/", "azure-kv://v/" + canary, "vault://v.example.com?x=" + canary, "dotenv:.env?" + canary + "=x",
		"exec:bin/" + canary, "sops:" + canary + ".yaml",
	} {
		lintRig().run(t, "lint", config).want(t, 1, "L14", "link 1")
		lintRig().run(t, "lint", "--json", config).want(t, 1, "L14")
	}
}

// A program that is not installed here may be installed on the machine that uses
// the string.
func TestLintDoesNotLookForThePrograms(t *testing.T) {
	lintRig().run(t, "lint", "exec:no-such-program?arg={name}").want(t, 0)
}
