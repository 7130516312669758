package cli_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/secretmux/secretmux/cmd/secretmux/internal/cli"
)

func TestShellWords(t *testing.T) {
	for text, want := range map[string][]string{
		"vi": {"vi"}, " code  --wait ": {"code", "--wait"}, `'/a b/ed' -x`: {"/a b/ed", "-x"}, `"a 'b" c`: {"a 'b", "c"},
		`a;b $(id) *`: {"a;b", "$(id)", "*"}, `''`: {""}, "": nil,
	} {
		if got, ok := cli.ShellWords(text); !ok || !slices.Equal(got, want) {
			t.Errorf("%s is %q", text, got)
		}
	}
	if got, ok := cli.ShellWords(`a\ b`); runtime.GOOS != "windows" && (!ok || !slices.Equal(got, []string{"a b"})) {
		t.Errorf("a backslash: %q", got)
	}
	for _, text := range []string{`'a`, `"a`} {
		if _, ok := cli.ShellWords(text); ok {
			t.Errorf("%s has a quote that is not closed", text)
		}
	}
}

func TestEditorsThatKeepCopies(t *testing.T) {
	dir := t.TempDir()
	vim := filepath.Join(dir, "vim.basic")
	must(t, os.WriteFile(vim, nil, 0o700))
	if runtime.GOOS != "windows" {
		must(t, os.Symlink(vim, filepath.Join(dir, "vi")))
		if len(cli.LeaveNothing(filepath.Join(dir, "vi"))) == 0 {
			t.Error("vi is vim here, but gets no options")
		}
	}
	for path, some := range map[string]bool{vim: true, "/usr/bin/nvim": true, "/usr/bin/nano": false, "/bin/vi": false} {
		if path == "/bin/vi" {
			if _, err := os.Lstat(path); err == nil {
				continue // vi may be vim on this machine
			}
		}
		if got := cli.LeaveNothing(path); (len(got) > 0) != some {
			t.Errorf("%s gets %q", path, got)
		}
	}
}
