package place_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestUnexpanded(t *testing.T) {
	for path, refused := range map[string]bool{
		"~": true, "~/.env": true, "~user/.env": true, "/~/.env": true, `~\x`: true,
		"$HOME/.env": true, "${HOME}/.env": true, "/home/$USER/.env": true, "/srv/app-$ENV/.env": true, "$(pwd)/.env": true, "$_x": true,
		"/a/${X:-d}": true, "%USERPROFILE%/.env": true, "{{ .Dir }}/.env": true, "/srv/`hostname`/.env": true, "/srv/{a}": false, `C:\%ProgramFiles(x86)%\x`: true,
		".env": false, "/etc/app/.env": false, "./~/.env": false, "a/~": false, "/home/x/~backup/.env": false, "backup~": false,
		"/a/b$": false, `\\host\c$\x`: false, "/a/$1": false, "/a/$/b": false, "100%/50%": false, `C:\PROGRA~1\x`: false, "": false,
	} {
		if got := place.Unexpanded(path); (got != "") != refused {
			t.Errorf("%q: %q", path, got)
		}
	}
}

func TestCheckPath(t *testing.T) {
	const canary = "canary-path"
	for _, path := range []string{"", "'" + canary + "'", `"/` + canary + `"`, "/" + canary + "/*.env", canary + ":ro", "/" + canary + ":rw", "~/" + canary, "$HOME/" + canary, canary + "\x00", canary + "\n", canary + "\xff"} {
		err := place.CheckPath(path, "folder", &secretmux.URI{Scheme: "file", Path: path}, "write file:folder")
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%q: %v", path, err)
			continue
		}
		conformance.NoLeak(t, err, canary)
	}
	for _, path := range []string{"a", "/a", "./a b,c|d?e#f%g", "//host/share", "it's", "a:b:c", "a:b", "ключ"} {
		if err := place.CheckPath(path, "folder", &secretmux.URI{Scheme: "file", Path: path}, ""); err != nil {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestGoneSaysWhatIsMissingWhere(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "plain"), nil, 0o600))
	must(t, os.Symlink("nowhere", filepath.Join(dir, "dangling")))
	t.Chdir(dir)
	here, err := os.Getwd()
	must(t, err)
	for path, want := range map[string]string{
		filepath.Join(dir, ".enx"):           `there is no ".enx" in "` + dir + `"`,
		filepath.Join(dir, "a", "b", "c"):    `there is no "a" in "` + dir + `"`,
		".enx":                               `there is no ".enx" in "` + here + `"`,
		"a/b":                                `there is no "a" in "` + here + `"`,
		filepath.Join(dir, "dangling"):       `"dangling" in "` + dir + `" is a link to a path that does not exist`,
		filepath.Join(dir, "dangling", "x"):  `"dangling" in "` + dir + `" is a link to a path that does not exist`,
		filepath.Join(dir, "odd\u202ename"):  `there is no "odd\u202ename" in`,
		filepath.Join(dir, "a", "..", ".ex"): `there is no ".ex" in "` + dir + `"`,
	} {
		for _, class := range []error{secretmux.ErrNotFound, secretmux.ErrUnavailable} {
			var gone *place.GoneError
			err := place.Gone("file", path, class)
			if !errors.As(err, &gone) || gone.Class != class || !errors.Is(err, fs.ErrNotExist) { //nolint:errorlint // a class is compared as it is
				t.Errorf("%s: %v", path, err)
				continue
			}
			if hint := gone.Hint(); !strings.Contains(hint, filepath.FromSlash(want)) && !strings.Contains(hint, want) {
				t.Errorf("%s: the hint is %q, want %q in it", path, hint, want)
			}
			if opts := strings.Contains(gone.Hint(), "missing=absent"); opts != errors.Is(class, secretmux.ErrUnavailable) {
				t.Errorf("%s: the hint is %q", path, gone.Hint())
			}
		}
	}
	if err := place.Gone("file", filepath.Join(dir, "plain", "x", "y"), secretmux.ErrNotFound); !errors.Is(err, place.ErrNotFolder) {
		t.Errorf("below a file: %v", err)
	}
}

func TestAbsence(t *testing.T) {
	for _, c := range []struct {
		missing    error
		late, seen bool
		want       error
	}{
		{nil, false, false, secretmux.ErrUnavailable},
		{nil, false, true, secretmux.ErrUnavailable},
		{nil, true, false, secretmux.ErrNotFound},
		{nil, true, true, secretmux.ErrUnavailable},
		{secretmux.ErrNotFound, true, true, secretmux.ErrNotFound},
		{secretmux.ErrNotFound, false, true, secretmux.ErrNotFound},
		{secretmux.ErrUnavailable, true, false, secretmux.ErrUnavailable},
	} {
		if got := place.Absence(c.missing, c.late, c.seen); got != c.want { //nolint:errorlint // the class itself
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestMissingWords(t *testing.T) {
	for word, class := range map[string]error{"absent": secretmux.ErrNotFound, "unavailable": secretmux.ErrUnavailable, "": nil} {
		if got := place.MissingWord(class); got != word {
			t.Errorf("%v is %q", class, got)
		}
		u := (&secretmux.URI{Scheme: "x"}).With("missing", word)
		var got error
		params := u.Params()
		place.ReadMissing(params, &got)
		if got != class || params.Done() != nil { //nolint:errorlint // the class itself
			t.Errorf("%q reads as %v, %v", word, got, params.Done())
		}
		must(t, place.CheckMissing(class))
	}
	document := (&secretmux.URI{Scheme: "x"}).With("missing", "absent").With("document", "app")
	var got error
	params := document.Params()
	if place.ReadMissing(params, &got); got != nil || params.Done() != nil {
		t.Errorf("beside document= it reads as %v, %v", got, params.Done())
	}
	if err := place.CheckMissing(secretmux.ErrDenied); !errors.Is(err, secretmux.ErrInvalid) {
		t.Error(err)
	}
}

func TestSlashes(t *testing.T) {
	for _, c := range []struct{ goos, path, want string }{
		{"windows", `C:\app\.env`, "C:/app/.env"}, {"windows", `\\host\share`, "//host/share"}, {"linux", `a\b`, `a\b`}, {"darwin", "/a", "/a"},
	} {
		got := place.Slashes(c.path, c.goos)
		if got != c.want {
			t.Errorf("%s on %s is %s", c.path, c.goos, got)
		}
		if err := place.CheckAddress(&secretmux.URI{Scheme: "file", Path: got}); err != nil {
			t.Errorf("%s can't be an address: %v", got, err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
