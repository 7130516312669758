package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/secretmux/secretmux/ci/repo"
)

// files are the texts of a module's go.mod and go.sum; an empty sum means that
// there is no file.
type files struct{ mod, sum []byte }

// change is what a release does to one module.
type change struct {
	dir    string
	tagged files // in the commit that the tags name
	after  files // in the commit after it, on which work goes on
}

// released returns the change of a module that gets a tag. In the tagged commit
// it requires what is released with it; afterwards it has its replace lines again.
func released(m repo.Module, root, version string, known map[string]sums) (change, error) {
	c, err := kept(m, root, version)
	if err != nil || len(m.Requires(root)) == 0 {
		return c, err
	}
	if c.tagged.mod, err = pinned(m, root, version, false); err != nil {
		return change{}, err
	}
	c.tagged.sum, err = summed(m, root, version, known)
	return c, err
}

// kept returns the change of a module that gets no tag: it requires the new
// version, and replaces it by the folder beside it throughout.
func kept(m repo.Module, root, version string) (change, error) {
	mod, err := pinned(m, root, version, true)
	if err != nil {
		return change{}, err
	}
	f := files{mod: mod, sum: m.Sum}
	return change{dir: m.Dir, tagged: f, after: f}, nil
}

// write puts the files into the module's folder of a checkout.
func (f files) write(checkout, dir string) error {
	folder := filepath.Join(checkout, filepath.FromSlash(dir))
	err := os.WriteFile(filepath.Join(folder, "go.mod"), f.mod, 0o644)
	sum := filepath.Join(folder, "go.sum")
	switch {
	case err != nil:
	case len(f.sum) > 0:
		err = os.WriteFile(sum, f.sum, 0o644)
	default:
		if err = os.Remove(sum); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("module %s: %w", dir, err)
	}
	return nil
}
