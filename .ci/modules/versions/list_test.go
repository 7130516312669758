package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// serve makes a module proxy in a folder with these versions of example.com
// modules, and lets the go command ask no other.
func serve(t *testing.T, versions map[string]string) {
	t.Helper()
	proxy := t.TempDir()
	lists := make(map[string]string)
	for at, mod := range versions {
		path, version, _ := strings.Cut(at, "@")
		dir := filepath.Join(proxy, path, "@v")
		lists[dir] += version + "\n"
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		info := fmt.Sprintf(`{"Version":%q,"Time":"2026-01-02T03:04:05Z"}`, version)
		write(t, filepath.Join(dir, version+".info"), info)
		write(t, filepath.Join(dir, version+".mod"), mod)
	}
	for dir, list := range lists {
		write(t, filepath.Join(dir, "list"), list)
	}
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy))
	t.Setenv("GONOSUMDB", "*")
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-modcacherw")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkout makes a repository whose root requires these, and whose nested module
// requires the root by its folder.
func checkout(t *testing.T, requires string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/mux\n\ngo 1.25.0\n\n"+requires)
	write(t, filepath.Join(dir, "settings", "go.mod"),
		"module example.com/mux/settings\n\ngo 1.25.0\n\nrequire example.com/mux v0.0.0\n\nreplace example.com/mux => ../\n")
	if out, err := exec.Command("git", "init", "--quiet", dir).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v: %s", err, out)
	}
	return dir
}

func TestRun(t *testing.T) {
	serve(t, map[string]string{
		"example.com/good@v1.0.0":   "module example.com/good\n\ngo 1.25.0\n",
		"example.com/broken@v1.0.0": "module example.com/broken\n\ngo 1.25.0\n",
		"example.com/broken@v1.0.1": "module example.com/broken\n\ngo 1.25.0\n\n// It deletes files.\nretract v1.0.0\n",
		"golang.org/x/net@v0.47.0":  "module golang.org/x/net\n\ngo 1.25.0\n",
	})
	tests := []struct {
		name, requires string
		want           []string // in the output
		fails          bool
	}{
		{"a good version", "require example.com/good v1.0.0\n", []string{"1 versions in the graphs of 2 modules"}, false},
		{
			"a retracted version", "require example.com/broken v1.0.0\n",
			[]string{"example.com/broken v1.0.0, in ., settings: retracted: It deletes files."},
			true,
		},
		{"the version after it", "require example.com/broken v1.0.1\n", nil, false},
		{
			"a retracted version in place of another",
			"require example.com/good v1.0.0\nreplace example.com/good => example.com/broken v1.0.0\n",
			[]string{"example.com/broken v1.0.0, in .: retracted"},
			true,
		},
		{"a known one", "require golang.org/x/net v0.47.0\n", []string{"golang.org/x/net v0.47.0", "GO-2026-4918"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			err := run(t.Context(), checkout(t, tt.requires), &out)
			if (err != nil) != tt.fails {
				t.Errorf("got the error %v, want one: %t", err, tt.fails)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in the output:\n%s", want, out.String())
				}
			}
		})
	}
}

// A proxy that serves a version and fails for the list of versions can't say what
// was retracted. The list is a folder here, which can't be read.
func TestRunSaysWhatTheProxyCannotTell(t *testing.T) {
	serve(t, map[string]string{"example.com/good@v1.0.0": "module example.com/good\n\ngo 1.25.0\n"})
	list := filepath.Join(strings.TrimPrefix(os.Getenv("GOPROXY"), "file://"), "example.com/good/@v/list")
	if err := errors.Join(os.Remove(list), os.Mkdir(list, 0o700)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(t.Context(), checkout(t, "require example.com/good v1.0.0\n"), &out); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"no answer for example.com/good@v1.0.0", "NOTICE: the module proxy can't say whether 1 of 1 versions"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in the output:\n%s", want, out.String())
		}
	}
}
