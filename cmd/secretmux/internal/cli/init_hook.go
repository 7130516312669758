package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// hookLine is what a hook of somebody else needs.
const hookLine = "secretmux scan --staged --timeout 5s || exit 1"

// hookMark is in the hooks that init wrote.
const hookMark = "# Written by secretmux init."

// What init does about the hook.
const (
	hookNew       = "new"
	hookReplaced  = "replaced"  // an older one of ours
	hookSame      = "same"      // it is there
	hookForeign   = "foreign"   // somebody else's, which is not touched
	hookElsewhere = "elsewhere" // core.hooksPath leads out of git's folder
)

// hookPlan is what happens to the pre-commit hook.
type hookPlan struct {
	path  string
	state string
	text  string // what is written
	old   string // what an older one of ours holds
}

func (h *hookPlan) writes() bool { return h.state == hookNew || h.state == hookReplaced }

// planHook looks at the hook that git would run. It never sets core.hooksPath, and
// never writes where that leads: the folder is a hook manager's, or in the tree,
// where the next branch replaces it.
func (s *session) planHook(hooks string) (hookPlan, error) {
	h := hookPlan{path: filepath.Join(hooks, "pre-commit"), text: s.hookText()}
	info, err := os.Lstat(h.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return h, usage("the hook of the repository can't be read: "+reason(err), "")
	}
	if err == nil && info.Mode().IsRegular() {
		text, err := readShort(h.path)
		if err != nil {
			return h, err
		}
		h.old = text
	}
	switch {
	case h.old == h.text, h.old != "" && !strings.Contains(h.old, hookMark) && strings.Contains(h.old, "secretmux scan"):
		h.state = hookSame
	case !insideGit(hooks):
		h.state = hookElsewhere
	case err != nil:
		h.state = hookNew
	case strings.Contains(h.old, hookMark):
		h.state = hookReplaced
	default:
		h.state = hookForeign
	}
	return h, nil
}

// insideGit reports whether a folder is the hooks of a repository's own folder.
func insideGit(hooks string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Lstat(filepath.Join(filepath.Dir(hooks), name)); err != nil {
			return false
		}
	}
	return filepath.Base(hooks) == "hooks"
}

// hookText is the hook. It works without the stores, and in programs that start git
// with another PATH.
func (s *session) hookText() string {
	program, err := os.Executable()
	if err != nil {
		program = "secretmux"
	}
	var b strings.Builder
	b.WriteString("#!/bin/sh\n" + hookMark + "\n" +
		"# It keeps secrets out of commits. Where a store can't be reached it searches for\n" +
		"# tokens of vendors only; git commit --no-verify goes past it.\n")
	if s.config != "" {
		b.WriteString("SECRETS=${SECRETS:-" + shellDefault(s.config) + "}\nexport SECRETS\n")
	}
	b.WriteString("program=$(command -v secretmux) || program=" + shellQuote(filepath.ToSlash(program)) + "\n" +
		"if [ ! -x \"$program\" ]; then\n" +
		"    echo 'secretmux is not in PATH, so that this commit can not be scanned for secrets' >&2\n" +
		"    exit 1\n" +
		"fi\n" +
		"if [ -f .secretmux-baseline ]; then\n" +
		"    exec \"$program\" scan --staged --timeout 5s --baseline .secretmux-baseline\n" +
		"fi\n" +
		"exec \"$program\" scan --staged --timeout 5s\n")
	return b.String()
}

// shellQuote quotes a word for sh.
func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// shellDefault quotes a word within ${NAME:-word}.
func shellDefault(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`", "}", `\}`).Replace(text) + `"`
}

// write makes the hook. A new one is not written over a file that appeared since.
func (h *hookPlan) write() error {
	if !h.writes() {
		return nil
	}
	err := os.MkdirAll(filepath.Dir(h.path), 0o755) //nolint:gosec // as git makes it
	if err == nil && h.state == hookReplaced {
		err = os.Remove(h.path)
	}
	if err == nil {
		err = writeHook(h.path, h.text)
	}
	if err != nil {
		return usage("the hook can't be written: "+reason(err), "")
	}
	return nil
}

func writeHook(path, text string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755) //nolint:gosec // git must be able to run it
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
