package env_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

const canary = "canary-5508-value"

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	rewrite(t, path, content)
	return path
}

func rewrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFileContents(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"as it is", "pass", "pass"},
		{"empty", "", ""},
		{"only a newline", "\n", ""},
		{"one newline goes", "pass\n", "pass"},
		{"exactly one", "pass\n\n", "pass\n"},
		{"CRLF", "pass\r\n", "pass"},
		{"a lone CR stays", "pass\r", "pass\r"},
		{"white space stays", " p ", " p "},
		{"a byte order mark goes", "\ufeffpass\r\n", "pass"},
		{"binary keeps all", "\x00\x01\n", "\x00\x01\n"},
		{"no UTF-8 is binary", "\xff\n", "\xff\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newEnviron("A_FILE="+write(t, tt.content)).open(t, env.Options{Files: true})
			s := wantValue(t, p, "a", tt.want)
			if s.Version() != secretmux.ContentVersion([]byte(tt.want)) {
				t.Errorf("version %q", s.Version())
			}
		})
	}
}

func TestFilesIsOptIn(t *testing.T) {
	p := newEnviron("A_FILE="+write(t, "x")).open(t, env.Options{})
	wantClass(t, p, "a", secretmux.ErrNotFound)
}

func TestFileProblems(t *testing.T) {
	folder := t.TempDir()
	tests := []struct {
		name string
		vars []string
		want error
	}{
		{"both set", []string{"A=" + canary, "A_FILE=" + write(t, canary)}, secretmux.ErrInvalid},
		{"no such file", []string{"A_FILE=" + filepath.Join(folder, canary)}, secretmux.ErrInvalid},
		{"a value for a path", []string{"A_FILE=" + strings.Repeat(canary, 1000)}, secretmux.ErrInvalid},
		{"a NUL in the path", []string{"A_FILE=" + canary + "\x00"}, secretmux.ErrInvalid},
		{"a file for a folder", []string{"A_FILE=" + write(t, canary) + "/" + canary}, secretmux.ErrInvalid},
		{"a folder", []string{"A_FILE=" + folder}, secretmux.ErrInvalid},
		{"a device", []string{"A_FILE=" + os.DevNull}, secretmux.ErrInvalid},
		{"in UTF-16", []string{"A_FILE=" + write(t, "\xff\xfec\x00a\x00n\x00")}, secretmux.ErrInvalid},
		{"a home directory", []string{"A_FILE=~/" + canary}, secretmux.ErrInvalid},
		{"too large", []string{"A_FILE=" + write(t, strings.Repeat("x", 1<<20+1))}, secretmux.ErrTooLarge},
		{"_FILE set to nothing", []string{"A_FILE="}, secretmux.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newEnviron(tt.vars...).open(t, env.Options{Files: true})
			wantNoCanary(t, wantClass(t, p, "a", tt.want))
		})
	}
}

func TestFileBesideEmptyVariable(t *testing.T) {
	path := write(t, "x")
	p := newEnviron("A=", "A_FILE="+path).open(t, env.Options{Files: true})
	wantValue(t, p, "a", "x")
	p = newEnviron("A=", "A_FILE="+path).open(t, env.Options{Files: true, KeepEmpty: true})
	wantClass(t, p, "a", secretmux.ErrInvalid)
	p = newEnviron("A_FILE="+write(t, "")).open(t, env.Options{Files: true, KeepEmpty: true})
	wantValue(t, p, "a", "")
}

func TestFileAtTheLimit(t *testing.T) {
	value := strings.Repeat("x", 1<<20)
	wantValue(t, newEnviron("A_FILE="+write(t, value)).open(t, env.Options{Files: true}), "a", value)
}

func TestFileIsReadAnew(t *testing.T) {
	path := write(t, "one")
	p := newEnviron("A_FILE="+path).open(t, env.Options{Files: true})
	wantValue(t, p, "a", "one")
	rewrite(t, path, "two")
	wantValue(t, p, "a", "two")
}

// A path that a shell should have replaced and a directory that Docker made have
// errors of their own, and not the error of a missing file.
func TestFileHints(t *testing.T) {
	folder := t.TempDir()
	for path, hint := range map[string]string{
		"~/" + canary: "only a shell", "$HOME/" + canary: "only a shell", "${X}/" + canary: "only a shell", "/srv/$(id)/" + canary: "only a shell",
		filepath.Join(folder, canary): "path of the file", folder: "Docker makes a directory",
		write(t, "\xfe\xff\x00c\x00a"): "save the file as UTF-8",
	} {
		err := wantClass(t, newEnviron("A_FILE="+path).open(t, env.Options{Files: true}), "a", secretmux.ErrInvalid)
		if !strings.Contains(err.Error(), hint) {
			t.Errorf("%v does not say %q", err, hint)
		}
		wantNoCanary(t, err)
	}
}

// If a file that a variable names vanishes, that is an outage and not a mistake of
// the set-up: its mount may be missing for a while.
func TestFileThatIsGone(t *testing.T) {
	path := write(t, "one")
	p := newEnviron("A_FILE="+path, "B_FILE="+path+".never").open(t, env.Options{Files: true})
	wantValue(t, p, "a", "one")
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	err := wantClass(t, p, "a", secretmux.ErrUnavailable)
	if strings.Contains(err.Error(), path) {
		t.Errorf("the error quotes the path: %v", err)
	}
	wantClass(t, p, "b", secretmux.ErrInvalid)
}

// wantNoCanary checks every error below err.
func wantNoCanary(t *testing.T, err error) {
	t.Helper()
	if strings.Contains(err.Error(), "anar") {
		t.Errorf("the error quotes its input: %v", err)
	}
	switch e := err.(type) { //nolint:errorlint // the tree itself is looked at
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			wantNoCanary(t, below)
		}
	case interface{ Unwrap() error }:
		if below := e.Unwrap(); below != nil {
			wantNoCanary(t, below)
		}
	}
}
