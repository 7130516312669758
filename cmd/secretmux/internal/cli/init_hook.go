package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// hookLine is the line to add to a hook that init did not write.
const hookLine = "secretmux scan --staged --timeout 5s || exit 1"

// hookMark is in the hooks that init wrote.
const hookMark = "# Written by secretmux init."

// The state of the hook.
const (
	hookNew       = "new"
	hookReplaced  = "replaced"  // init wrote an older one
	hookSame      = "same"      // it is there already
	hookForeign   = "foreign"   // init did not write it and does not change it
	hookElsewhere = "elsewhere" // core.hooksPath leads out of git's folder
)

// hookPlan says what happens to the pre-commit hook.
type hookPlan struct {
	path  string
	state string
	text  string // the new hook
	old   string // the older hook that init wrote
}

func (h *hookPlan) writes() bool { return h.state == hookNew || h.state == hookReplaced }

// planHook looks at the hook that git would run. It never sets core.hooksPath, and
// never writes into the folder of core.hooksPath. That folder belongs to a hook
// manager, or it is in the tree and the next branch replaces it.
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

// insideGit reports whether a folder is the hooks folder inside .git.
func insideGit(hooks string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Lstat(filepath.Join(filepath.Dir(hooks), name)); err != nil {
			return false
		}
	}
	return filepath.Base(hooks) == "hooks"
}

// hookText returns the hook. It works without the stores, and in programs that
// start git with another PATH.
func (s *session) hookText() string {
	program, err := os.Executable()
	if err != nil {
		program = "secretmux"
	}
	var b strings.Builder
	b.WriteString("#!/bin/sh\n" + hookMark + "\n" +
		"# It keeps secrets out of commits. If a store can't be reached, it searches only\n" +
		"# for tokens of vendors. To skip it, run git commit --no-verify.\n")
	if s.config != "" {
		b.WriteString("SECRETS=${SECRETS:-" + shellDefault(s.config) + "}\nexport SECRETS\n")
	}
	b.WriteString("program=$(command -v secretmux) || program=" + shellQuote(filepath.ToSlash(program)) + "\n" +
		"if [ ! -x \"$program\" ]; then\n" +
		"    echo 'secretmux is not in PATH, so this commit can not be scanned for secrets' >&2\n" +
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

// shellDefault quotes a word for the inside of ${NAME:-word}.
func shellDefault(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`", "}", `\}`).Replace(text) + `"`
}

// write writes the hook. A new hook does not overwrite a file that appeared in the
// meantime.
func (h *hookPlan) write() error {
	if !h.writes() {
		return nil
	}
	err := os.MkdirAll(filepath.Dir(h.path), 0o755) //nolint:gosec // the same mode as git uses
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
