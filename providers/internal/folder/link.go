package folder

import "strings"

// below returns the path of an absolute target below the folder parent, with slashes,
// on the system goos. It reports false for a relative target, for a target that is
// not below parent, and for a path with "." or ".." in it.
func below(parent, target, goos string) (inside string, ok bool) {
	parent, target = withoutPrefix(parent, goos), withoutPrefix(target, goos)
	start := strings.TrimRight(parent, "/") + "/"
	if len(target) <= len(start) || !sameText(target[:len(start)], start, goos) {
		return "", false
	}
	inside = target[len(start):]
	for segment := range strings.SplitSeq(inside, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return "", false
		}
	}
	return inside, true
}

// withoutPrefix returns a path with slashes and, on Windows, without the prefix of
// the kernel's own form, which links may have: \\?\C:\x and \??\C:\x are C:\x.
func withoutPrefix(path, goos string) string {
	if goos != "windows" {
		return path
	}
	path = strings.ReplaceAll(path, `\`, "/")
	for _, prefix := range []string{"//?/", "/??/"} {
		if rest, found := strings.CutPrefix(path, prefix); found {
			return rest
		}
	}
	return path
}

// sameText compares paths as the system does: Windows ignores case.
func sameText(a, b, goos string) bool {
	if goos == "windows" {
		return strings.EqualFold(a, b)
	}
	return a == b
}
