package exec_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/exec"
	"github.com/secretmux/secretmux/testing/conformance"
)

const canary = "canary-hunter2"

func get(t *testing.T, p *exec.Provider, name string) string {
	t.Helper()
	s, err := p.Get(t.Context(), name)
	must(t, err)
	return s.Reveal()
}

// wantClass reads name. It fails the test unless the error has this class and holds
// no canary.
func wantClass(t *testing.T, p secretmux.Provider, name string, class error) error {
	t.Helper()
	s, err := p.Get(t.Context(), name)
	if !errors.Is(secretmux.ClassOf(err), class) {
		t.Errorf("%.40q: %v, want %v", name, err, class)
	}
	if err != nil {
		conformance.NoLeak(t, err, canary)
	}
	if !s.IsZero() {
		t.Errorf("%.40q: a secret beside the error", name)
	}
	return err
}

// A name reaches the program as exactly one argument, or nothing is started.
func TestANameIsOnlyAName(t *testing.T) {
	p := command(t, "arguments", "{name}", "op://vault/{name}/{name}")
	for _, name := range []string{"db/password", "Shared Item/password", "a-b_c.d:e@f+g=h", "ключ", "1"} {
		want := `["` + name + `" "op://vault/` + name + "/" + name + `"]`
		if got := get(t, p, name); got != want {
			t.Errorf("%q arrives as %s", name, got)
		}
	}
	dir := t.TempDir()
	started := filepath.Join(dir, "calls")
	p = command(t, "folder", dir, "{name}")
	for _, name := range []string{
		"--help", "-", "-x", "a -x", ";id", "a;id", "$(id)", "a$(id)", "`id`", "a\nb", "a\r", "a\x00b", "@file", "+x", "a|b", "a&b", "a>b", "a<b",
		"a'b", `a"b`, `a\b`, "a*", "a?", "{name}", "%PATH%", "!x", "#x", "~", "a ", " a", "a  b", "", "..", "a/../b", "/etc/passwd", "a\u202eb", "\xff",
	} {
		wantClass(t, p, name, secretmux.ErrInvalid)
	}
	if _, err := os.Stat(started); err == nil {
		t.Error("one of them started the command")
	}
	wantClass(t, p, "good", secretmux.ErrUnavailable) // exit code 44, which means nothing here
	if _, err := os.Stat(started); err != nil {
		t.Error("nothing would have shown that the command was started")
	}
}

func escaped(text string) string {
	quoted := strconv.QuoteToASCII(text)
	return quoted[1 : len(quoted)-1]
}

func TestWhatIsPrinted(t *testing.T) {
	for _, c := range []struct {
		what, printed, want string
		raw                 bool
	}{
		{"a newline", "value\n", "value", false},
		{"two", "value\n\n", "value\n", false},
		{"of Windows", "value\r\n", "value", false},
		{"a byte order mark", "\ufeffvalue", "value", false},
		{"white space", " value ", " value ", false},
		{"raw", "value\n", "value\n", true},
		{"binary", "\xfe\n", "\xfe\n", false},
	} {
		p := open(t, exec.Options{Args: []string{"play", "print", escaped(c.printed)}, Raw: c.raw})
		if got := get(t, p, "x"); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	if got := get(t, command(t, "stdin"), "x"); got != "0 <nil>" {
		t.Errorf("standard input holds %s", got)
	}
	wantClass(t, command(t, "nothing"), "x", secretmux.ErrUnavailable)
	wantClass(t, command(t, "print", `\n`), "x", secretmux.ErrUnavailable)
	keep := open(t, exec.Options{Args: []string{"play", "nothing"}, KeepEmpty: true})
	if got := get(t, keep, "x"); got != "" {
		t.Errorf("with empty=keep: %q", got)
	}
	wantClass(t, command(t, "print", `\xff\xfea\x00b\x00`), "x", secretmux.ErrInvalid)
}

func TestFailures(t *testing.T) {
	err := wantClass(t, command(t, "stderr"), "x", secretmux.ErrUnavailable)
	for _, want := range []string{"exit code 7", "14 bytes"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
	wantClass(t, command(t, "much"), "x", secretmux.ErrTooLarge)
	for _, code := range []string{"1", "2", "43", "127", "255"} {
		wantClass(t, command(t, "code", code), "x", secretmux.ErrUnavailable)
	}
	p := open(t, exec.Options{Args: []string{"play", "code", "44"}, NotFound: 44})
	wantClass(t, p, "x", secretmux.ErrNotFound)
	p = open(t, exec.Options{Args: []string{"play", "code", "1"}, NotFound: 44})
	wantClass(t, p, "x", secretmux.ErrUnavailable)
	wantClass(t, p, "other", secretmux.ErrNotFound) // the command prints only x
}

// A program that was removed is an outage, and Check reports it.
func TestProgramIsGone(t *testing.T) {
	self, err := os.ReadFile(os.Args[0])
	must(t, err)
	path := filepath.Join(t.TempDir(), "program.exe")
	must(t, os.WriteFile(path, self, 0o700))
	p := open(t, exec.Options{Program: path, Args: []string{"play", "print", "v"}})
	must(t, p.Check(t.Context()))
	if got := get(t, p, "x"); got != "v" {
		t.Errorf("it printed %q", got)
	}
	must(t, os.Remove(path))
	wantClass(t, p, "x", secretmux.ErrUnavailable)
	if err := p.Check(t.Context()); !errors.Is(err, secretmux.ErrUnavailable) {
		t.Errorf("Check says %v", err)
	}
}

func TestEnvironment(t *testing.T) {
	p := open(t, exec.Options{
		Args: []string{"play", "environment"}, Env: []string{"OP_SESSION", "UNSET"},
		Environ: func() []string {
			return []string{"PATH=/bin", "HOME=/h", "XDG_RUNTIME_DIR=/r", "OP_SESSION=" + canary, "AWS_SECRET_ACCESS_KEY=k", "LD_PRELOAD=x"}
		},
	})
	got := get(t, p, "x")
	for _, want := range []string{"PATH=/bin", "HOME=/h", "XDG_RUNTIME_DIR=/r", "OP_SESSION=" + canary} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %s", want)
		}
	}
	if strings.Contains(got, "AWS_") || strings.Contains(got, "LD_") || strings.Contains(got, "UNSET") {
		t.Errorf("it has too much: %s", got)
	}
	p = open(t, exec.Options{Args: []string{"play", "environment"}, KeepEmpty: true, Environ: func() []string { return nil }})
	if got := get(t, p, "x"); strings.Contains(got, "PATH=") {
		t.Errorf("an empty environment became that of the process: %s", got)
	}
}

// A failed command may have asked a person, so it is not run twice.
func TestNoSecondTry(t *testing.T) {
	dir := t.TempDir()
	p := command(t, "folder", dir, "{name}")
	if p.Retries() {
		t.Error("it may be tried again")
	}
	store, err := secretmux.New(p, secretmux.Options{})
	must(t, err)
	defer func() { _ = store.Close() }()
	wantClass(t, store, "absent", secretmux.ErrUnavailable)
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil || len(calls) != 1 {
		t.Errorf("%d calls, %v", len(calls), err)
	}
}
