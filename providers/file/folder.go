package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

// data is the symbolic link to the current generation of a Kubernetes volume.
// Every file of the volume is a link to one below it, and an update is one rename
// onto it (kubernetes/kubernetes, pkg/volume/util/atomic_writer.go).
const data = "..data"

// maxSwaps is how often a folder may change under one call.
const maxSwaps = 4

// folder is the folder as one call sees it.
type folder struct {
	root *os.Root
	// generation is the directory that ..data led to when the folder was
	// opened; empty where there is none.
	generation string
}

// visit opens the folder for look. When look missed something, in a folder that
// changed meanwhile, the miss may come from the change, and look is called again:
// the old generation is removed while paths still lead through it.
func (p *Provider) visit(look func(*folder) (missed bool, err error)) error {
	for range maxSwaps {
		f, err := openFolder(p.dir)
		if err != nil {
			return err
		}
		missed, err := look(f)
		again := missed && f.changed(p.dir)
		_ = f.root.Close() // nothing was written that closing could lose
		if !again {
			return err
		}
	}
	return steady.ErrChanging
}

func openFolder(dir string) (*folder, error) {
	// Opening a pipe as a root would wait for a writer.
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, errNotFolder
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	f := &folder{root: root}
	f.generation = f.current()
	return f, nil
}

// current returns where ..data leads, empty where there is no such link. One
// that leads out of the folder is refused when a file is opened below it.
func (f *folder) current() string {
	target, err := f.root.Readlink(data)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(target)
}

// changed reports whether dir is no longer what was opened.
func (f *folder) changed(dir string) bool {
	opened, err := f.root.Stat(".")
	if err != nil {
		return true
	}
	now, err := os.Stat(dir)
	return err != nil || !os.SameFile(opened, now) || f.current() != f.generation
}

func (f *folder) read(ctx context.Context, name string) ([]byte, error) {
	file, atomic := f.resolve(name)
	content, _, err := steady.Read(ctx, func() (fs.File, error) { return f.root.OpenFile(file, steady.Flags, 0) }, atomic)
	return content, err
}

// resolve returns the path of name within the generation, if that is where it
// leads. Files there are complete before ..data leads to them.
func (f *folder) resolve(name string) (file string, atomic bool) {
	first, rest, _ := strings.Cut(name, "/")
	target, err := f.root.Readlink(first)
	if err != nil || f.generation == "" {
		return name, false
	}
	below, ok := strings.CutPrefix(filepath.ToSlash(target), data+"/")
	if !ok || !filepath.IsLocal(below) {
		return name, false
	}
	return path.Join(f.generation, below, rest), true
}

// probe reads one entry of the folder.
func (f *folder) probe() error {
	d, err := f.root.Open(".")
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if _, err = d.Readdirnames(1); errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
