package scan

import (
	"context"
	"io"
	"path/filepath"
	"strings"
)

// HooksDir returns the folder from which git runs the hooks of the repository at
// dir: core.hooksPath where it is set, and one folder for all linked worktrees. It
// need not exist. A dir that is in no repository is ErrInvalid.
func HooksDir(ctx context.Context, dir string) (string, error) {
	// A later -c wins, and an empty core.hooksPath would be the folder itself. So
	// the option that switches hooks off is left out; rev-parse runs none.
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

// Tracked returns those of paths, relative to dir, that are in git's index,
// whether an ignore rule names them or not: a .env file that is tracked is
// committed although .gitignore has it. A folder is tracked when a file in it is.
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

// Ignored returns those of paths, relative to dir, that an ignore rule names. Of
// those that are tracked as well, see [Tracked], git commits all changes all the
// same.
func Ignored(ctx context.Context, dir string, paths ...string) ([]string, error) {
	var ignored []string
	if len(paths) == 0 {
		return nil, nil
	}
	// Each with ./ in front, as this command knows magic in paths and no option
	// against it.
	stdin := "./" + strings.Join(paths, "\x00./") + "\x00"
	err := git{dir: dir, magic: true}.pipe(ctx, strings.NewReader(stdin), func(r io.Reader) error {
		return eachRecord(r, func(path string) error {
			ignored = append(ignored, strings.TrimPrefix(path, "./"))
			return nil
		})
	}, "check-ignore", "-z", "--stdin", "--no-index")
	if err != nil && len(ignored) == 0 && ctx.Err() == nil {
		// Code 1 says that none is. Whether it was that, another command tells.
		_, err = git{dir: dir}.output(ctx, "rev-parse", "--git-dir")
	}
	return ignored, err
}
