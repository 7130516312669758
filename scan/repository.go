package scan

import (
	"context"
	"io"
	"path/filepath"
	"strings"
)

// HooksDir returns the folder from which git runs the hooks of the repository at
// dir. That is core.hooksPath if it is set. Linked worktrees share one folder. The
// folder may not exist yet. If dir is not in a repository, the error is ErrInvalid.
func HooksDir(ctx context.Context, dir string) (string, error) {
	// The option that switches hooks off sets core.hooksPath, and git would report
	// that path. So it is left out. That is safe, because rev-parse runs no hooks.
	out, err := git{dir: dir, keepHooks: true}.output(ctx, "rev-parse", "--git-path", "hooks")
	if err != nil {
		return "", err
	}
	path := filepath.FromSlash(strings.TrimSuffix(string(out), "\n"))
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return filepath.Abs(path)
}

// Tracked returns those of paths, relative to dir, that are in git's index. It does
// not matter whether an ignore rule names them: git commits a tracked .env file
// even if .gitignore has it. A folder is tracked if a file in it is tracked. The errors
// are those of [Scanner.Staged].
func Tracked(ctx context.Context, dir string, paths ...string) ([]string, error) {
	var tracked []string
	for _, path := range paths {
		err := git{dir: dir}.pipe(ctx, nil, func(r io.Reader) error {
			return eachRecord(r, func(string) error {
				tracked = append(tracked, path)
				return errEnough
			})
		}, "ls-files", "-z", "--cached", "--", path)
		if err != nil {
			return nil, err
		}
	}
	return tracked, nil
}

// Ignored returns those of paths, relative to dir, that an ignore rule names. If a path is
// also tracked, git still commits its changes: see [Tracked]. The errors are those of
// [Scanner.Staged].
func Ignored(ctx context.Context, dir string, paths ...string) ([]string, error) {
	var ignored []string
	if len(paths) == 0 {
		return nil, nil
	}
	// Each path gets ./ in front: this command gives a meaning to paths that begin
	// with a colon, and has no option against that.
	stdin := "./" + strings.Join(paths, "\x00./") + "\x00"
	err := git{dir: dir, magic: true}.pipe(ctx, strings.NewReader(stdin), func(r io.Reader) error {
		return eachRecord(r, func(path string) error {
			ignored = append(ignored, strings.TrimPrefix(path, "./"))
			return nil
		})
	}, "check-ignore", "-z", "--stdin", "--no-index")
	if err != nil && len(ignored) == 0 && ctx.Err() == nil {
		// Exit code 1 says that no path is ignored. Another command tells that
		// apart from a failure.
		_, err = git{dir: dir}.output(ctx, "rev-parse", "--git-dir")
	}
	return ignored, err
}
