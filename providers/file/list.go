package file

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// List yields the names of all regular files below the folder, sorted by
// directory. Links are followed like Get follows them, a directory that holds
// itself once. It leaves out what Get refuses: hidden names, names that
// [secretmux.ValidateName] does not take, pipes, links out of the folder. A
// missing folder has no names. A directory that can't be read is ErrDenied, as a
// list with holes would pass for the whole.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		var l *lister
		err := p.visit(func(f *folder) (bool, error) {
			l = &lister{provider: p, root: f.root, prefix: prefix}
			err := l.walk(ctx, ".", nil)
			return l.missed, err
		})
		if err != nil && !absent(err) {
			yield(secretmux.Info{}, p.fail("list", "", err))
			return
		}
		if l == nil {
			return
		}
		for _, name := range l.names {
			if !yield(secretmux.Info{Name: name, Source: p.source}, nil) {
				return
			}
		}
	}
}

// lister collects the names before any is yielded, so that a change of the
// folder can start it over.
type lister struct {
	provider *Provider
	root     *os.Root
	prefix   string
	names    []string
	missed   bool // something vanished between two looks
}

// walk collects the names below dir. above are the directories that lead to it.
func (l *lister) walk(ctx context.Context, dir string, above []fs.FileInfo) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := l.root.Stat(dir)
	if err != nil {
		return l.skip(err)
	}
	if slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }) {
		return nil
	}
	entries, err := l.entries(dir)
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
	if dir != "." {
		name = dir + "/" + entry
	}
	wanted := strings.HasPrefix(name, l.prefix)
	if hidden(entry) || !wanted && !strings.HasPrefix(l.prefix, name+"/") {
		return nil
	}
	info, err := l.root.Stat(name)
	switch {
	case err != nil:
		return l.skip(err)
	case info.IsDir():
		return l.walk(ctx, name, above)
	case wanted && info.Mode().IsRegular() && l.provider.checkName("list", name) == nil:
		l.names = append(l.names, name)
	}
	return nil
}

func (l *lister) entries(dir string) ([]string, error) {
	d, err := l.root.OpenFile(dir, steady.Flags, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	names, err := d.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// skip returns nil for the errors that Get would answer with ErrNotFound or
// ErrInvalid: there is no secret then.
func (l *lister) skip(err error) error {
	l.missed = l.missed || absent(err)
	if class, _ := classify(err); errors.Is(class, secretmux.ErrNotFound) || errors.Is(class, secretmux.ErrInvalid) {
		return nil
	}
	return err
}
