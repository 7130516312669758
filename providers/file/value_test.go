package file_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestFinalNewline(t *testing.T) {
	for _, c := range []struct{ name, content, value string }{
		{"none", "hunter2", "hunter2"},
		{"lf", "hunter2\n", "hunter2"},
		{"crlf", "hunter2\r\n", "hunter2"},
		{"two", "hunter2\n\n", "hunter2\n"},
		{"crlf after lf", "hunter2\n\r\n", "hunter2\n"},
		{"lone cr", "hunter2\r", "hunter2\r"},
		{"lf cr", "hunter2\n\r", "hunter2\n\r"},
		{"inner and spaces", " a\nb \t\n", " a\nb \t"},
		{"only lf", "\n", ""},
		{"empty", "", ""},
		{"unicode", "päss\u2028\n", "päss\u2028"},
		{"byte order mark", "\ufeffx\n", "x"},
		{"only a byte order mark", "\ufeff", ""},
		{"byte order mark and newline", "\ufeff\r\n", ""},
		{"two byte order marks", "\ufeff\ufeffx", "\ufeffx"},
		{"byte order mark inside", "x\ufeff", "x\ufeff"},
		{"byte order mark of bytes", "\ufeffa\x00b\n", "\ufeffa\x00b\n"},
		{"nul", "a\x00b\n", "a\x00b\n"},
		{"not utf-8", "\xff\xf0\r\n", "\xff\xf0\r\n"},
		{"cut rune", "\xc3\n", "\xc3\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "s"), c.content)
			trimmed := want(t, open(t, dir), "s", c.value)

			keep, err := file.New(file.Options{Dir: dir, Raw: true})
			must(t, err)
			kept := want(t, keep, "s", c.content)
			if same := c.content == c.value; (trimmed.Version() == kept.Version()) != same {
				t.Errorf("versions %s and %s do not follow the values", trimmed.Version(), kept.Version())
			}
		})
	}
}

func TestMeta(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "db/password"), "x")
	p := open(t, dir)
	s := get(t, p, "db/password")
	if s.Source() != foldertest.Link("file", dir) || s.Source() != p.String() {
		t.Errorf("the source is %s, the provider %s", s.Source(), p)
	}
	if s.Version() == "" || !s.Created().IsZero() || !s.Expires().IsZero() {
		t.Errorf("version %q, created %v, expires %v", s.Version(), s.Created(), s.Expires())
	}
	if s.IsZero() {
		t.Error("the secret is zero")
	}
}

func TestUTF16(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"little": "\xff\xfec\x00a\x00n\x00a\x00r\x00y\x00", "big": "\xfe\xff\x00c\x00a\x00n\x00a\x00r\x00y",
		"unmarked": "c\x00a\x00n\x00a\x00r\x00y\x00\r\x00\n\x00", "utf-32": "\xff\xfe\x00\x00c\x00\x00\x00a\x00\x00\x00",
	} {
		write(t, filepath.Join(dir, name), content)
		_, err := open(t, dir).Get(t.Context(), name)
		if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "save the file as UTF-8") || !strings.Contains(err.Error(), "trim=none") {
			t.Errorf("%s: %v", name, err)
		}
		conformance.NoLeak(t, err, "canary", "c\x00a\x00n\x00")
		raw, err := file.New(file.Options{Dir: dir, Raw: true})
		must(t, err)
		want(t, raw, name, content)
	}
}
