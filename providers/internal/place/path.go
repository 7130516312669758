// Package place is what the local providers share about the places that they
// read: which paths they take, and what it means that one leads to nothing.
package place

import (
	"regexp"
	"strings"

	"github.com/secretmux/secretmux"
)

// forShells finds what a shell replaces in a path: $NAME, ${NAME}, $(command), and
// %NAME% on Windows. The $ of a Windows share, as in \\host\c$, has no name.
var forShells = regexp.MustCompile(`\$[A-Za-z_{(]|%[A-Za-z_][A-Za-z0-9_()]*%`)

// Unexpanded says which part of path only a shell would have replaced, or
// nothing. This package does not replace it, so the path leads to a folder with
// that very name. "./~" is a folder that is really called so.
func Unexpanded(path string) string {
	first := strings.TrimLeft(path, `/\`)
	switch {
	case strings.HasPrefix(first, "~"):
		return "the path starts with ~, which only a shell replaces by a home directory"
	case strings.Contains(path, "{{"), strings.Contains(path, "`"):
		return "the path has a placeholder in it, which only a template or a shell replaces"
	case forShells.MatchString(path):
		return "the path contains a variable such as $HOME, which only a shell replaces"
	}
	return ""
}

// CheckPath refuses a path that is empty, that only a shell would have understood,
// or that the address u of the provider can't hold: String must open the same
// place. what is "file" or "folder", and hint says how to write a good path.
func CheckPath(path, what string, u *secretmux.URI, hint string) error {
	if path == "" {
		return secretmux.Invalid("open", u.Scheme+": needs the path of a "+what, hint)
	}
	if problem := Unexpanded(path); problem != "" {
		return secretmux.Invalid("open", problem, "write an absolute path, or one relative to the working directory; "+hint)
	}
	return CheckAddress(u)
}

// CheckAddress refuses an address that a config string can't hold.
func CheckAddress(u *secretmux.URI) error {
	if back, err := secretmux.ParseURI(u.String()); err != nil || back.Path != u.Path {
		return secretmux.Invalid("open", "the path can't be written in a config string",
			"a path is UTF-8 without control characters")
	}
	return nil
}

// Slashes returns path as a URI has it on the system goos.
func Slashes(path, goos string) string {
	if goos == "windows" {
		return strings.ReplaceAll(path, `\`, "/")
	}
	return path
}
