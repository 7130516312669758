package main

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/secretmux/secretmux/ci/repo"
)

// sums are the checksums of a module's zip and of its go.mod, in the form of go.sum.
type sums struct{ zip, mod string }

// pinned returns the module's go.mod with this version of every module of the
// repository that it requires. Without the replace lines on those, it is what is
// tagged; with them, what the next commits are made on.
func pinned(m repo.Module, root, version string, replaces bool) ([]byte, error) {
	f, err := modfile.Parse(m.Dir+"/go.mod", m.Mod, nil)
	if err != nil {
		return nil, fmt.Errorf("module %s: %w", m.Dir, err)
	}
	for _, r := range m.Requires(root) {
		if err := f.AddRequire(r.Path, version); err != nil {
			return nil, fmt.Errorf("module %s: require %s: %w", m.Dir, r.Path, err)
		}
	}
	for _, r := range m.File.Replace {
		if replaces || !repo.Own(r.Old.Path, root) {
			continue
		}
		if err := f.DropReplace(r.Old.Path, r.Old.Version); err != nil {
			return nil, fmt.Errorf("module %s: drop the replacement of %s: %w", m.Dir, r.Old.Path, err)
		}
	}
	f.Cleanup()
	return f.Format()
}

// summed returns the module's go.sum with the checksums of every module of the
// repository that it requires, in the order in which the go command keeps them.
func summed(m repo.Module, root, version string, known map[string]sums) ([]byte, error) {
	lines := make(map[module.Version]string)
	var order []module.Version
	add := func(path, version, sum string) {
		key := module.Version{Path: path, Version: version}
		if _, ok := lines[key]; !ok {
			order = append(order, key)
		}
		lines[key] = sum
	}
	for line := range strings.Lines(string(m.Sum)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			return nil, fmt.Errorf("module %s: go.sum has a line of %d fields", m.Dir, len(fields))
		}
		if !repo.Own(fields[0], root) {
			add(fields[0], fields[1], fields[2])
		}
	}
	for _, r := range m.Requires(root) {
		sum, ok := known[r.Path]
		if !ok {
			return nil, fmt.Errorf("module %s requires %s, whose checksum isn't known yet", m.Dir, r.Path)
		}
		add(r.Path, version, sum.zip)
		add(r.Path, version+"/go.mod", sum.mod)
	}
	module.Sort(order)
	var text bytes.Buffer
	for _, key := range order {
		fmt.Fprintf(&text, "%s %s %s\n", key.Path, key.Version, lines[key])
	}
	return text.Bytes(), nil
}
