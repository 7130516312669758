// Package repo knows the modules of this repository: where they are, which of
// them are released, and in which order.
package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// Module is a module of the repository.
type Module struct {
	// Dir is its folder, slash-separated and relative to the root's, which is ".".
	Dir string
	// Mod and Sum are the texts of its go.mod and go.sum; a module without
	// dependencies has no Sum.
	Mod, Sum []byte
	// File is what Mod says.
	File *modfile.File
}

// Path is the module's path.
func (m Module) Path() string { return m.File.Module.Mod.Path }

// Kind is the kind of the module's folder.
func (m Module) Kind() Kind { return KindOf(m.Dir) }

// Tag is the name of the tag that gives the module this version: a nested
// module's has the folder in front (https://go.dev/ref/mod#vcs-version).
func (m Module) Tag(version string) string { return path.Join(m.Dir, version) }

// Requires returns the module's requirements on modules of the repository that
// has this root.
func (m Module) Requires(root string) []module.Version {
	var own []module.Version
	for _, r := range m.File.Require {
		if Own(r.Mod.Path, root) {
			own = append(own, r.Mod)
		}
	}
	return own
}

// Own reports whether the path is the root module's or one below it.
func Own(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

// Find returns the modules of the checkout in this folder, sorted by folder, so
// that the root is first. Uncommitted ones count, ignored ones and those in
// testdata don't.
func Find(ctx context.Context, checkout string) ([]Module, error) {
	git := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "go.mod", "*/go.mod")
	git.Dir = checkout
	git.Stderr = os.Stderr
	out, err := git.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var modules []Module
	for file := range bytes.SplitSeq(bytes.TrimRight(out, "\x00"), []byte{0}) {
		dir := path.Dir(string(file))
		if slices.Contains(strings.Split(dir, "/"), "testdata") {
			continue
		}
		m, err := read(checkout, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			return nil, err
		}
		modules = append(modules, m)
	}
	slices.SortFunc(modules, func(a, b Module) int { return strings.Compare(a.Dir, b.Dir) })
	if len(modules) == 0 || modules[0].Dir != "." {
		return nil, fmt.Errorf("%s has no go.mod", checkout)
	}
	return modules, nil
}

// read reads the module in the checkout's folder dir.
func read(checkout, dir string) (Module, error) {
	folder := filepath.Join(checkout, filepath.FromSlash(dir))
	m := Module{Dir: dir}
	var err error
	if m.Mod, err = os.ReadFile(filepath.Join(folder, "go.mod")); err != nil {
		return Module{}, fmt.Errorf("module %s: %w", dir, err)
	}
	if m.File, err = modfile.Parse(path.Join(dir, "go.mod"), m.Mod, nil); err != nil {
		return Module{}, fmt.Errorf("module %s: %w", dir, err)
	}
	if m.File.Module == nil {
		return Module{}, fmt.Errorf("module %s: go.mod has no module line", dir)
	}
	m.Sum, err = os.ReadFile(filepath.Join(folder, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Module{}, fmt.Errorf("module %s: %w", dir, err)
	}
	return m, nil
}
