package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLintRules(t *testing.T) {
	refs := filepath.Join(t.TempDir(), "refs")
	if err := os.WriteFile(refs, []byte("DB_PASSWORD=db/password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		config string
		args   string
		want   string // the ids with their severities in production, in order
	}{
		{"dotenv:///etc/.env?perm=strict", "", "L01 error"},
		{"memory:", "", "L01 error"},
		{"exec:op?arg={name}", "", "L01 error"},
		{"env:,vault://v.example.com/kv/", "", "L02 warn"},
		{"env:?prefix=A_,vault://v.example.com/kv/", "", ""},
		{"env:", "", ""},
		{"vault://v.example.com/kv/?on=denied,env:?prefix=A_", "", "L03 error"},
		{"vault://v.example.com/kv/?on=notfound+corrupt,env:?prefix=A_", "", "L03 error"},
		{"vault://v.example.com/kv/?on=unavailable,env:?prefix=A_", "", ""},
		{"aws-sm://eu-west-1/,vault://v.example.com/kv/", "", "L04 warn"},
		{"aws-sm://eu-west-1/?only=db/*,vault://v.example.com/kv/", "", ""},
		{"vault://v.example.com/kv/,aws-sm://eu-west-1/", "", ""},
		{"aws-sm://eu-west-1/?ttl=5m", "", ""},
		{"aws-sm://eu-west-1/?ttl=5s", "", "L05 warn"},
		{"aws-sm://eu-west-1/?ttl=5s", "--budget 260", ""},
		{"aws-sm://eu-west-1/?ttl=5m", "--references 1000", "L05 warn"},
		{"aws-sm://eu-west-1/?ttl=0", "", "L05 warn"},
		{"aws-ps://eu-west-1//?ttl=4s", "", "L06 warn"},
		{"aws-ps://eu-west-1//?ttl=5s", "", ""},
		{"vault://v.example.com/kv/?ttl=5m&stale=1h", "--overlap 1h", "L07 warn"},
		{"vault://v.example.com/kv/?ttl=5m&stale=1h", "--overlap 2h", ""},
		{"vault://v.example.com/kv/?stale=25h", "", "L08 warn"},
		{"vault://v.example.com/kv/?stale=24h", "", ""},
		{"vault://v.example.com/kv/?http=true", "", "L14 error,L09 error"},
		{"vault://127.0.0.1:8200/kv/?http=true", "", ""},
		{"aws-sm://eu-west-1/?endpoint=http://10.0.0.1", "", "L14 error,L09 error"},
		{"aws-sm://eu-west-1/?endpoint=http://[::1]:4566", "", ""},
		{"file:secrets", "", "L10 warn"},
		{"file:///etc/secrets", "", ""},
		{"dotenv:.env?dialect=godotenv", "", "L01 error,L10 warn"},
		{"vault://a.example.com/kv/app/|vault://b.example.com/kv/app/", "", ""},
		{"vault://a.example.com/kv/app/|vault://b.example.com/kv/other/", "", "L11 warn"},
		{"vault://a.example.com/kv/app/|aws-sm://eu-west-1/kv/app/", "", "L11 warn"},
		{"file:///mnt/a|file:///mnt/b", "", ""},
		{"vault://a.example.com/kv/,vault://b.example.com/kv/,vault://c.example.com/kv/,vault://d.example.com/kv/", "", "L12 info"},
		{"vault://a.example.com/kv/?timeout=40s", "", "L12 info"},
		{"vault://a.example.com/kv/?timeout=40s", "--startup-budget 1m", ""},
		{"vault://a.example.com/kv/,vault://a.example.com/kv/", "", "L13 warn"},
		{"azure-kv://my-vault?deleted=absent", "", "L13 warn"},
		{"azure-kv://my-vault", "--refs " + refs, "L13 warn"},
		{"azure-kv://my-vault?sep=--", "--refs " + refs, ""},
	}
	r := lintRig()
	for _, tt := range tests {
		t.Run(tt.config+" "+strings.TrimSuffix(tt.args, refs), func(t *testing.T) {
			args := append([]string{"lint", "--env", "production", "--json", tt.config}, strings.Fields(tt.args)...)
			got := r.run(t, args...)
			code := 0
			if strings.Contains(tt.want, "warn") || strings.Contains(tt.want, "error") {
				code = 1
			}
			got.want(t, code)
			var findings []struct{ ID, Severity, Text string }
			got.decode(t, &findings)
			ids := []string{}
			for _, f := range findings {
				ids = append(ids, f.ID+" "+f.Severity)
			}
			if strings.Join(ids, ",") != tt.want {
				t.Errorf("got %v, want %s\n%s", ids, tt.want, got.out)
			}
		})
	}
}

func TestLintEstimatesTheCost(t *testing.T) {
	r := lintRig()
	r.run(t, "lint", "--budget", "1", "aws-sm://eu-west-1/?ttl=5m").want(t, 0, "100 references with ttl=5m cost up to 4.32 USD")
	r.run(t, "lint", "aws-sm://eu-west-1/?ttl=5s").want(t, 0, "100 references with ttl=5s cost up to 259.20 USD")
}

func TestLintOutsideProduction(t *testing.T) {
	r := lintRig()
	r.run(t, "lint", "env:,dotenv:.env").want(t, 0, "L02", "info", "L10")
	r.run(t, "lint", "vault://a.example.com/kv/?on=denied").want(t, 1, "L03", "warn")
	got := r.run(t, "lint", "vault://a.example.com/kv/")
	got.want(t, 0, "no findings in 1 link")
	if got.out != "" {
		t.Errorf("stdout has %q", got.out)
	}
	if got := r.run(t, "lint", "--json", "vault://a.example.com/kv/"); got.out != "[]\n" {
		t.Errorf("--json without findings is %q", got.out)
	}
}

func TestLintFails(t *testing.T) {
	r := lintRig()
	for _, tt := range []struct{ config, text string }{
		{canary, "link 1"},
		{canary + ":x", "link 1 has a scheme that this binary can't open"},
		{"vault://u:" + canary + "@host/kv", "link 1"},
		{"env:,vault://host/kv?token=" + canary, "link 2"},
		{"env:?ttl=" + canary, "link 1"},
	} {
		r.run(t, "lint", tt.config).want(t, 2, tt.text)
	}
	r.run(t, "lint").want(t, 2, "set SECRETS or pass -c")
	r.run(t, "lint", "--env", canary, "env:").want(t, 2, "--env production")
	r.run(t, "lint", "--refs", "/no/"+canary, "env:").want(t, 2, "can't be read")
}

// The test traces system calls: lint must not open a socket or a file of a link.
func TestLintMakesNoSystemCallForALink(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	dir := t.TempDir()
	marked := filepath.Join(dir, "marked-secrets.env")
	if err := os.WriteFile(marked, []byte("A=b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "strace.log")
	config := "dotenv://" + marked + ",file://" + dir + "/marked-folder,env:"
	remote := ",age:marked-file.age?identity_file=marked-keys,sops:marked-file.env,exec://" + dir + "/marked-program?arg={name}" +
		",aws-sm://eu-west-1/,aws-ps://eu-west-1/,gcp-sm://my-project,azure-kv://my-vault" +
		",vault://127.0.0.1:1/kv/?ca_file=/marked-ca&auth=approle&role_id=x&secret_id_file=/marked-id"
	trace := func(args ...string) string {
		t.Helper()
		cmd := command(t, args...)
		traced := exec.Command(strace, append([]string{"-f", "-o", log, "-e", "trace=network,file", cmd.Path}, args...)...)
		traced.Env = cmd.Env
		if out, err := traced.CombinedOutput(); err != nil && !strings.Contains(err.Error(), "exit status") {
			t.Skipf("strace does not work here: %v, %s", err, out)
		}
		calls, err := os.ReadFile(log)
		if err != nil || len(calls) == 0 {
			t.Skipf("strace wrote nothing: %v", err)
		}
		return string(calls)
	}
	if got := lintRig().run(t, "lint", config+remote); strings.Contains(got.out+got.err, "L14") || !strings.Contains(got.out, "L10") {
		t.Errorf("the string can't be opened, so this test proves nothing: %s%s", got.out, got.err)
	}
	for line := range strings.Lines(trace("lint", "--env", "production", config+remote)) {
		if strings.Contains(line, "execve(") {
			continue
		}
		if strings.Contains(line, "marked-") || slices.ContainsFunc([]string{"socket(", "connect("}, func(call string) bool { return strings.Contains(line, call) }) {
			t.Errorf("lint made the call %s", line)
		}
	}
	if !strings.Contains(trace("check", "-c", config, "a"), `open`) || !strings.Contains(trace("check", "-c", config, "a"), "marked-secrets.env\", O_RDONLY") {
		t.Error("the trace of check lacks the link's file, so this test proves nothing")
	}
}
