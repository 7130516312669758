package scan

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
)

// Worktree scans the files below dir that git tracks, and the new files that git
// does not ignore. Outside of a repository it scans all files except those of
// Options.SkipPaths. It does not follow a symbolic link, but scans the path in it
// as a text. It opens only regular files. Submodules and other repositories inside
// dir are listed in Report.Skipped.
//
// The error is ErrInvalid if dir does not exist, if the repository has no worktree,
// or if git is not installed. It is ErrDenied if git refuses the repository because
// of its owner, and ErrUnavailable if git can't read it. The report is never nil:
// with an error it has what was scanned before.
func (s *Scanner) Worktree(ctx context.Context, dir string) (*Report, error) {
	q := newSearch(s)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return q.report, secretmux.Invalid("scan", "the folder can't be opened", "check that it exists and that you may read it")
	}
	defer func() { _ = root.Close() }()
	w := worktree{search: q, root: root}
	if inRepository(dir) {
		err = w.tracked(ctx, git{dir: dir})
	} else {
		err = w.walk(ctx)
	}
	return q.report, err
}

// worktree is a search in a folder. Files are opened through root, so that no link
// and no name leads out of the folder.
type worktree struct {
	*search
	root *os.Root
}

// tracked scans the files that git lists.
func (w *worktree) tracked(ctx context.Context, g git) error {
	last := ""
	return g.pipe(ctx, nil, func(r io.Reader) error {
		return eachRecord(r, func(record string) error {
			tag, name, ok := strings.Cut(record, " ")
			if !ok || name == last { // git lists a file in conflict once for each side
				return nil
			}
			last = name
			if tag == "S" {
				w.skip(name, "it is not checked out: scan the staged files or the history")
				return nil
			}
			return w.entry(ctx, name)
		})
	}, "ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard")
}

// walk scans all files below root.
func (w *worktree) walk(ctx context.Context) error {
	return fs.WalkDir(w.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return w.unreadable(name)
		case slices.Contains(w.s.opts.SkipPaths, path.Clean(name)):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		return w.entry(ctx, name)
	})
}

// entry scans one file. It returns an error only if ctx has ended: a file that
// can't be read must not hide secrets in the others.
func (w *worktree) entry(ctx context.Context, name string) error {
	info, err := w.root.Lstat(strings.TrimSuffix(name, "/"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // git tracks the file, but it was deleted
	case err != nil:
		return w.unreadable(name)
	case info.IsDir():
		w.skip(name, "a submodule or another repository: scan it on its own")
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := w.root.Readlink(name)
		if err != nil {
			return w.unreadable(name)
		}
		return w.file(ctx, name, strings.NewReader(target))
	case !info.Mode().IsRegular():
		w.skip(name, "it is not a regular file")
	default:
		return w.regular(ctx, name)
	}
	return nil
}

func (w *worktree) unreadable(name string) error {
	w.skip(name, "it can't be read")
	return nil
}

func (w *worktree) regular(ctx context.Context, name string) error {
	f, err := w.root.OpenFile(name, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return w.unreadable(name)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		w.skip(name, "it is not a regular file")
		return nil
	}
	if err := w.file(ctx, name, f); err != nil {
		if ctx.Err() != nil {
			return err
		}
		w.skip(name, "it can't be read to its end")
	}
	return nil
}

// eachRecord calls visit for each record of r. A record ends with NUL.
func eachRecord(r io.Reader, visit func(string) error) error {
	records := bufio.NewReaderSize(r, 64<<10)
	for {
		record, err := records.ReadBytes(0)
		if err == io.EOF && len(record) == 0 {
			return nil
		}
		if err != nil {
			return errCutOff()
		}
		if err := visit(string(bytes.TrimSuffix(record, []byte{0}))); err != nil {
			return err
		}
	}
}
