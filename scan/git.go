package scan

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
)

// git runs the commands of git in one folder.
//
// The author of a repository also wrote its configuration, which can name programs
// for git to run: a file-system monitor, hooks, filters, text converters, a pager,
// transports. The commands here need none of these programs, and the options below
// switch off those that the commands could run. The user's own configuration still
// applies, because it says which folders are safe and which files are ignored.
type git struct {
	dir       string
	keepHooks bool // set to ask where the hooks are
	magic     bool // set for the command that refuses --literal-pathspecs
}

// options are the arguments before the command. An empty core.fsmonitor switches
// the monitor off, in old versions of git too.
func (g git) options() []string {
	options := []string{
		"--no-pager", "--no-optional-locks", "--no-replace-objects",
		"-c", "core.fsmonitor=", "-c", "core.pager=cat", "-c", "core.quotePath=false",
		"-c", "protocol.allow=never", "-c", "core.sshCommand=false", "-c", "credential.helper=", "-c", "core.askPass=",
		"-c", "submodule.recurse=false", "-c", "gc.auto=0",
	}
	if !g.magic {
		options = append(options, "--literal-pathspecs")
	}
	if !g.keepHooks {
		options = append(options, "-c", "core.hooksPath="+os.DevNull)
	}
	return options
}

// environment passes on only the variables that tell git where its files are, such
// as those that a hook gets. The other variables may hold secrets.
func (g git) environment() []string {
	env := []string{
		"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0",
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", // a partial clone must not fetch anything
	}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if isPath(name) {
			if value == "" {
				continue
			}
			if absolute, err := filepath.Abs(value); err == nil {
				entry = name + "=" + absolute // the path is relative to our folder, not to git's
			}
		}
		if isPath(name) || passes(name) {
			env = append(env, entry)
		}
	}
	return env
}

// isPath reports whether git sets the variable to a path for its hooks.
func isPath(name string) bool {
	switch name {
	case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH":
		return true
	}
	return false
}

func passes(name string) bool {
	if runtime.GOOS == "windows" {
		name = strings.ToUpper(name)
	}
	switch name {
	case "PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "TMP", "TEMP",
		"SYSTEMROOT", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "PROGRAMDATA", "COMSPEC", "PATHEXT",
		"GIT_NAMESPACE", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CEILING_DIRECTORIES",
		"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT":
		return true
	}
	return strings.HasPrefix(name, "GIT_CONFIG_KEY_") || strings.HasPrefix(name, "GIT_CONFIG_VALUE_")
}

// errEnough is what a reader of git's output returns when it does not need the
// rest.
var errEnough = errors.New("enough")

// pipe starts git and passes its output to read. It returns when git has ended. If
// read fails, pipe ends git.
func (g git) pipe(ctx context.Context, stdin io.Reader, read func(io.Reader) error, args ...string) error {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd, complaint, err := g.command(running, args...)
	if err != nil {
		return err
	}
	cmd.Stdin = stdin
	out, err := cmd.StdoutPipe()
	if err != nil {
		return g.failed(ctx, err, "")
	}
	if err := cmd.Start(); err != nil {
		return g.failed(ctx, err, "")
	}
	if failed := read(out); failed != nil {
		ended := ctx.Err() != nil
		cancel()
		_ = cmd.Wait() // the error only says that we ended it
		switch {
		case failed == errEnough: //nolint:errorlint // readers return it unwrapped
			return nil
		case ended:
			return g.failed(ctx, failed, "")
		}
		return failed
	}
	err = cmd.Wait()
	if err != nil {
		return g.failed(ctx, err, complaint.String())
	}
	return nil
}

// output returns the output of git, which must be short.
func (g git) output(ctx context.Context, args ...string) ([]byte, error) {
	var out []byte
	err := g.pipe(ctx, nil, func(r io.Reader) (err error) {
		const limit = 1 << 20
		if out, err = io.ReadAll(io.LimitReader(r, limit)); err == nil && len(out) == limit {
			err = errCutOff()
		}
		return err
	}, args...)
	return out, err
}

func (g git) command(ctx context.Context, args ...string) (*exec.Cmd, *limitedBuffer, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return nil, nil, secretmux.Invalid("scan", "git was not found", "install git, or add its folder to PATH")
	}
	cmd := exec.CommandContext(ctx, path, append(g.options(), args...)...) //nolint:gosec // arguments of this package, never a shell
	cmd.Dir = g.dir
	cmd.Env = g.environment()
	cmd.WaitDelay = time.Second
	complaint := &limitedBuffer{}
	cmd.Stderr = complaint
	return cmd, complaint, nil
}

// limitedBuffer keeps the beginning of git's error output. That is only compared
// with known messages and never shown, because it may quote a file.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	const limit = 4 << 10
	if room := limit - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

// failed gives a failure of git its class and hint.
func (g git) failed(ctx context.Context, err error, complaint string) error {
	e := &secretmux.Error{Op: "scan", Class: secretmux.ErrUnavailable, Err: errors.New("git failed"), Hint: "run git status in the folder to see why"}
	switch {
	case ctx.Err() != nil:
		e.Class, e.Err, e.Hint = nil, ctx.Err(), ""
	case strings.Contains(complaint, "dubious ownership"):
		e.Class, e.Err = secretmux.ErrDenied, errors.New("git refuses a repository that belongs to another user")
		e.Hint = "if you trust the repository, run git config --global --add safe.directory with its path"
	case strings.Contains(complaint, "not a git repository"):
		e.Class, e.Err, e.Hint = secretmux.ErrInvalid, errors.New("the folder is not in a git repository"), "give a folder that is in a repository"
	case strings.Contains(complaint, "must be run in a work tree"):
		e.Class, e.Err = secretmux.ErrInvalid, errors.New("the repository has no worktree")
		e.Hint = "scan its history instead"
	case errors.Is(err, os.ErrNotExist):
		e.Class, e.Err, e.Hint = secretmux.ErrInvalid, errors.New("the folder does not exist"), "check the path"
	}
	return e
}

// inRepository reports whether the files in and above dir say that it is in a
// repository, or is a bare one. If so, only git may list what to scan: if git
// refuses the repository, the scan must fail.
func inRepository(dir string) bool {
	exists := func(elements ...string) bool {
		_, err := os.Lstat(filepath.Join(elements...))
		return err == nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil || os.Getenv("GIT_DIR") != "" || exists(dir, "HEAD") && exists(dir, "objects") && exists(dir, "refs") {
		return true
	}
	for !exists(dir, ".git") {
		parent := filepath.Dir(dir)
		if parent == dir {
			return false
		}
		dir = parent
	}
	return true
}
