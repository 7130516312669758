// Package place has the rules of the local providers for the places that they read:
// which paths are valid, and what it means if a path does not exist.
package place

import (
	"cmp"
	"regexp"
	"runtime"
	"strings"

	"github.com/secretmux/secretmux"
)

// forShells finds the parts of a path that a shell replaces: $NAME, ${NAME},
// $(command), and %NAME% on Windows. The $ of a Windows share, as in \\host\c$, has
// no name behind it.
var forShells = regexp.MustCompile(`\$[A-Za-z_{(]|%[A-Za-z_][A-Za-z0-9_()]*%`)

// Unexpanded says which part of path only a shell would have replaced. It is empty if
// there is none. This package does not replace that part, so the path would lead to a
// folder with exactly this name. "./~" is a folder whose name is really ~.
func Unexpanded(path string) string {
	first := strings.TrimLeft(path, `/\`)
	switch {
	case strings.HasPrefix(first, "~"):
		return "the path starts with ~, which only a shell replaces by a home directory"
	case strings.Contains(path, "{{"), strings.Contains(path, "`"):
		return "the path has a placeholder, which only a template or a shell replaces"
	case forShells.MatchString(path):
		return "the path has a variable such as $HOME, which only a shell replaces"
	}
	return ""
}

// drive is how a path of Windows begins, and how a URI has it.
var drive = regexp.MustCompile(`^/?[A-Za-z]:([/\\]|$)`)

// foreign says what of path this system, goos, would take for the name of a file
// although something else was meant: a path of Windows, quotes, a pattern, the options
// of a mount.
func foreign(path, goos string) string {
	first, last := path[:1], path[len(path)-1:]
	switch {
	case goos != "windows" && (drive.MatchString(path) || strings.Contains(path, `\`)):
		return "the path is one of Windows, with a drive or a \\, and this system is another"
	case (first == "'" || first == `"`) && last == first:
		return "the path has quotes around it, which belong to it here"
	case strings.Contains(path, "*"):
		return "the path has a * in it, which only a shell replaces"
	case strings.HasSuffix(path, ":ro"), strings.HasSuffix(path, ":rw"):
		return "the path ends in an option of a mount, :ro or :rw"
	}
	return ""
}

// CheckPath refuses a path that is empty, that only a shell would have replaced, or
// that the address u of the provider can't hold: the address that String prints must
// open the same place. what is "file" or "folder", and hint says how to write a good
// path.
func CheckPath(path, what string, u *secretmux.URI, hint string) error {
	if path == "" {
		return secretmux.Invalid("open", u.Scheme+": has no path of a "+what, hint)
	}
	if problem := cmp.Or(Unexpanded(path), foreign(path, runtime.GOOS)); problem != "" {
		return secretmux.Invalid("open", problem, "write an absolute path, or one relative to the working directory; "+hint)
	}
	return CheckAddress(u)
}

// CheckAddress refuses an address that a config string can't hold.
func CheckAddress(u *secretmux.URI) error {
	if back, err := secretmux.ParseURI(u.String()); err != nil || back.Path != u.Path {
		return secretmux.Invalid("open", "the path is not UTF-8 or has a control character",
			"rename it: a path must be UTF-8 without control characters")
	}
	return nil
}

// Slashes returns path with the slashes that a URI has, on the system goos.
func Slashes(path, goos string) string {
	if goos == "windows" {
		return strings.ReplaceAll(path, `\`, "/")
	}
	return path
}
