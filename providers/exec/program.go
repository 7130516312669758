package exec

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/secretmux/secretmux"
)

// lookUp returns the path of a program. It calls find, or searches PATH if find is
// nil. Its errors never quote the program.
func lookUp(program string, find func(string) (string, error)) (string, error) {
	switch {
	case program == "":
		return "", secretmux.Invalid("open", "exec: names no program", "write exec:op?arg=read&arg=op://vault/{name}, or exec:///absolute/path?arg={name}")
	case !filepath.IsAbs(program) && strings.ContainsAny(program, `/\`):
		return "", secretmux.Invalid("open", "the program is a relative path",
			"write an absolute path, or a name that is found in PATH: the choice of the program must not depend on the working directory")
	}
	if find == nil {
		find = exec.LookPath // LookPath refuses a program in the working directory
	}
	path, err := find(program)
	switch {
	case err != nil:
		return "", secretmux.Invalid("open", "the program does not exist, or this process may not run it",
			"install it, make it executable, or write its absolute path, as in exec:///usr/local/bin/op")
	case !filepath.IsAbs(path):
		return "", secretmux.Invalid("open", "PATH has a relative folder, and the program is in it", "write the absolute path of the program")
	case readByShell(path, runtime.GOOS):
		return "", secretmux.Invalid("open", "the program is a batch file, and a shell would read its arguments", "write the path of an .exe file")
	}
	return path, nil
}

// readByShell reports whether Windows gives the file to cmd.exe, which parses its
// arguments by rules of its own (go.dev/issue/27199, CVE-2024-24576).
func readByShell(path, goos string) bool {
	extension := strings.ToLower(filepath.Ext(strings.TrimRight(path, ". ")))
	return goos == "windows" && (extension == ".bat" || extension == ".cmd")
}

// environ returns the part of the environment that the command gets. It is the
// variables that programs need to find the files of their user, and the variables in
// more.
func environ(all, more []string) []string {
	var own []string
	for _, entry := range all {
		name, _, _ := strings.Cut(entry, "=")
		if usual(name) || contains(more, name) {
			own = append(own, entry)
		}
	}
	return own
}

func usual(name string) bool {
	switch strings.ToUpper(name) {
	case "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "USERNAME", "USERDOMAIN", "HOMEDRIVE", "HOMEPATH",
		"APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES":
		return runtime.GOOS == "windows"
	case "PATH":
		return name == "PATH" || runtime.GOOS == "windows"
	}
	switch name {
	case "HOME", "LANG", "LC_ALL", "LOGNAME", "TMPDIR", "TZ", "USER":
		return true
	}
	return strings.HasPrefix(name, "XDG_")
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name || runtime.GOOS == "windows" && strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}
