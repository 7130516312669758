// Command versions checks the versions in every module's graph: it fails on one
// that its authors retracted and on one of those in known.go, and says where the
// module proxy can't tell. .ci/steps/vulnerabilities.sh runs it.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/secretmux/secretmux/ci/repo"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: versions CHECKOUT")
		os.Exit(2)
	}
	var out bytes.Buffer
	err := run(context.Background(), os.Args[1], &out)
	fmt.Print(out.String())
	if err != nil {
		fmt.Fprintf(os.Stderr, "versions: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, checkout string, out *bytes.Buffer) error {
	modules, err := repo.Find(ctx, checkout)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "versions-*")
	if err != nil {
		return fmt.Errorf("temporary folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	users, err := graphs(ctx, checkout, folder, modules)
	if err != nil {
		return err
	}
	all := make([]module.Version, 0, len(users))
	for v := range users {
		all = append(all, v)
	}
	module.Sort(all)
	fmt.Fprintf(out, "%d versions in the graphs of %d modules\n", len(all), len(modules))

	bad := knownBad(all)
	retracted, unsaid, err := retractions(ctx, folder, all)
	if err != nil {
		return err
	}
	bad = append(bad, retracted...)
	slices.SortStableFunc(bad, func(a, b finding) int { return strings.Compare(a.Path, b.Path) })
	if len(unsaid) > 0 {
		fmt.Fprintf(out, "no answer for %s\n", strings.Join(unsaid, ", "))
		fmt.Fprintf(out, "NOTICE: the module proxy can't say whether %d of %d versions are retracted\n", len(unsaid), len(all))
	}
	for _, f := range bad {
		fmt.Fprintf(out, "%s %s, in %s: %s\n", f.Path, f.Version.Version, strings.Join(users[f.Version], ", "), f.reason)
	}
	if len(bad) > 0 {
		return errors.New("raise these versions with go get, or exclude one that only the graph holds")
	}
	return nil
}

// finding is a version that no module may have, and why.
type finding struct {
	module.Version
	reason string
}

// graphs returns the versions that the modules' builds select, and for each the
// folders of these modules.
func graphs(ctx context.Context, checkout, folder string, modules []repo.Module) (map[module.Version][]string, error) {
	users := make(map[module.Version][]string)
	for i, m := range modules {
		// The whole graph has more go.mod files than a tidy go.sum names. The go
		// command may add those to a copy.
		mod := filepath.Join(folder, fmt.Sprintf("graph%d.mod", i))
		if err := errors.Join(
			os.WriteFile(mod, m.Mod, 0o600),
			os.WriteFile(strings.TrimSuffix(mod, ".mod")+".sum", m.Sum, 0o600),
		); err != nil {
			return nil, fmt.Errorf("module %s: %w", m.Dir, err)
		}
		selected, err := list(ctx, filepath.Join(checkout, filepath.FromSlash(m.Dir)), "-modfile="+mod, "all")
		if err != nil {
			return nil, err
		}
		for _, s := range selected {
			v := s.selected()
			if v.Version != "" && !repo.Own(v.Path, modules[0].Path()) {
				users[v] = append(users[v], m.Dir)
			}
		}
	}
	return users, nil
}
