package folder

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// Names returns the paths of all regular files below the folder that start with
// prefix, sorted by directory. It follows links like Read. A directory that contains
// itself is listed once. It leaves out everything that Read refuses: hidden names,
// names that [secretmux.ValidateName] refuses, pipes, and links out of the folder. A
// directory that can't be read is an error, because a list with holes would look
// complete.
func (f *Folder) Names(ctx context.Context, prefix string) ([]string, error) {
	var (
		l    *lister
		fail error
	)
	err := f.visit(ctx, func(v *view) bool {
		l = &lister{view: v, prefix: prefix}
		fail = l.walk(ctx, "", v.base, nil)
		return true // a directory that is being removed reads as an empty one
	}, func(v *view) {
		if fail == nil && len(l.names) == 0 {
			fail = f.emptied(v)
		}
	})
	if err == nil {
		err = fail
	}
	if err != nil {
		return nil, err
	}
	return l.names, nil
}

// lister collects all names before it returns the first one, so that a change of the
// folder can start it again.
type lister struct {
	view   *view
	prefix string
	names  []string
}

// walk collects the names below dir, which is at the path at below the root. above
// are the directories that lead to it.
func (l *lister) walk(ctx context.Context, dir, at string, above []fs.FileInfo) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := l.view.root.Stat(at)
	if err != nil {
		return l.skip(err)
	}
	if slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }) {
		return nil
	}
	entries, err := l.entries(at)
	if err != nil {
		return l.skip(err)
	}
	above = append(slices.Clip(above), info)
	for _, entry := range entries {
		if err := l.visit(ctx, dir, entry, above); err != nil {
			return err
		}
	}
	return nil
}

func (l *lister) visit(ctx context.Context, dir, entry string, above []fs.FileInfo) error {
	name := entry
	if dir != "" {
		name = dir + "/" + entry
	}
	wanted := strings.HasPrefix(name, l.prefix)
	if hidden(entry) || !wanted && !strings.HasPrefix(l.prefix, name+"/") {
		return nil
	}
	file, _ := l.view.resolve(name)
	info, err := l.view.root.Stat(file)
	switch {
	case err != nil:
		return l.skip(err)
	case info.IsDir():
		return l.walk(ctx, name, file, above)
	case wanted && info.Mode().IsRegular() && secretmux.ValidateName(name) == nil && checkPath(name) == nil:
		l.names = append(l.names, name)
	}
	return nil
}

func (l *lister) entries(dir string) ([]string, error) {
	d, err := l.view.root.OpenFile(dir, steady.Flags, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	names, err := d.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// skip returns nil for the errors of a file that is absent or that Read refuses:
// there is no secret then.
func (l *lister) skip(err error) error {
	if class, _ := Classify(err); errors.Is(class, secretmux.ErrNotFound) || errors.Is(class, secretmux.ErrInvalid) {
		return nil
	}
	return err
}
