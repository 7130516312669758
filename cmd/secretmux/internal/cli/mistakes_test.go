package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// More of what people type: each is told what is wrong, and what to write instead.
func TestMistakesOfTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{".env": "PASSWORD=" + canary + "\n", "refs": "X=password\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"two -c", []string{"get", "password", "-c", "env:", "-c", "dotenv:.env"}, 2, "--config was given twice (write one config string: a comma separates the links)"},
		{"an empty -c", []string{"get", "password", "-c", ""}, 2, "--config is empty"},
		{"a flag for a value", []string{"get", "password", "-c", "--json"}, 2, "--config needs a value, and what follows it is a flag or --"},
		{"-- for a value", []string{"run", "--all", "--", "true"}, 2, "--all needs a value, and what follows it is a flag or --"},
		{"a word for a switch", []string{"get", "password", "--reveal=yes"}, 2, "write --reveal without a value"},
		{"version", []string{"version"}, 2, "did you mean --version?"},
		{"flags after --", []string{"run", "--", "-e", "X=password", "true"}, 2, "pass -e NAME=REF, --refs, --all or --file, before --"},
		{"a line in quotes", []string{"run", "-e", "X=password", "--", "echo " + canary}, 127, "sh -c runs it"},
		{"a folder to run", []string{"run", "-e", "X=password", "--", "./folder"}, 126, "it is a folder, or chmod +x is missing"},
		{"a folder of references", []string{"run", "--refs", "folder", "--", "true"}, 2, "--refs number 1 can't be read: is a directory"},
		{"one word", []string{"diff", "env:"}, 2, "and got 1 word ("},
		{"a malformed name", []string{"get", "password/"}, 2, "(write a name such as db/password)"},
		{"no references at all", []string{"lint", "--references", "0"}, 2, "write one from 1 on"},
		{"a negative budget", []string{"lint", "--budget", "-1"}, 2, "--budget is negative"},
		{"a negative start", []string{"lint", "--startup-budget", "-1s"}, 2, "--startup-budget is negative"},
		{"two strings for lint", []string{"lint", "-c", "env:", "dotenv:.env"}, 2, "leave one of them out"},
		{"-c for diff", []string{"diff", "-c", "env:", "dotenv:.env", "dotenv:.env"}, 2, "leave out -c"},
		{"a file to scan", []string{"scan", ".env"}, 2, "scan - <FILE reads one file"},
		{"no folder to scan", []string{"scan", canary}, 2, "the folder to scan can't be opened: no such file or directory"},
		{"a folder for the baseline", []string{"scan", "--write-baseline", "folder"}, 2, "the baseline is not a regular file"},
		{"a folder for the value", []string{"get", "password", "--reveal", "-o", "folder"}, 2, "is not a regular file"},
		{"no folder for the value", []string{"get", "password", "--reveal", "-o", "no/" + canary}, 2, "name one in a folder where you may write"},
		{"the store for the value", []string{"get", "password", "--reveal", "-o", "./.env"}, 2, "is one of the stores"},
		{"an --optional that is misspelt", []string{"run", "--optional", canary, "-e", "X=password", "--", "true"}, 0, "--optional number 1 is not a variable that this run sets"},
		{"a prefix without secrets", []string{"list", canary}, 0, "no secret is listed"},
	}
	r := rig{env: map[string]string{"SECRETS": "dotenv:.env"}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := r.run(t, tt.args...)
			got.want(t, tt.code)
			if got.out != "" || !strings.Contains(got.err, tt.want) {
				t.Errorf("stdout %q, stderr %q, want %q", got.out, got.err, tt.want)
			}
		})
	}
	if text, err := os.ReadFile(filepath.Join(dir, ".env")); err != nil || !strings.Contains(string(text), "PASSWORD=") {
		t.Errorf("the store was written: %v", err)
	}
}

// The example in our own texts is put back, and what was typed is not.
func TestAnExampleIsNoEcho(t *testing.T) {
	for _, typed := range []string{canary + "//", canary + " such as db/password " + canary + "/"} {
		rig{env: map[string]string{"SECRETS": "env:"}}.run(t, "get", typed).want(t, 2)
	}
	rig{env: map[string]string{"SECRETS": "env:"}}.run(t, "get", canary+" such as db/password "+canary).want(t, 3)
}
