package file_test

import (
	"path/filepath"
	"testing"

	"github.com/secretmux/secretmux/providers/file"
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
		{"byte order mark", "\ufeffx\n", "\ufeffx"},
		{"nul", "a\x00b\n", "a\x00b\n"},
		{"not utf-8", "\xff\xfe\r\n", "\xff\xfe\r\n"},
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
	if s.Source() != "file://"+dir || s.Source() != p.String() {
		t.Errorf("the source is %s, the provider %s", s.Source(), p)
	}
	if s.Version() == "" || !s.Created().IsZero() || !s.Expires().IsZero() {
		t.Errorf("version %q, created %v, expires %v", s.Version(), s.Created(), s.Expires())
	}
	if s.IsZero() {
		t.Error("the secret is zero")
	}
}
