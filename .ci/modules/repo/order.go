package repo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Order returns the released modules in the order in which they can be released:
// by kind, and each after those that it requires. It fails, with every problem,
// where users could not install what the modules say.
func Order(modules []Module) ([]Module, error) {
	var problems []error
	for _, m := range modules {
		problems = append(problems, check(m, modules)...)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	var ordered []Module
	waiting := slices.DeleteFunc(slices.Clone(modules), func(m Module) bool { return !m.Kind().Released() })
	slices.SortStableFunc(waiting, func(a, b Module) int { return cmp.Compare(a.Kind(), b.Kind()) })
	for len(waiting) > 0 {
		next := slices.IndexFunc(waiting, func(m Module) bool {
			return !slices.ContainsFunc(waiting, func(other Module) bool { return requires(m, other) })
		})
		if next < 0 {
			return nil, fmt.Errorf("modules require one another in a circle: %s", dirs(waiting))
		}
		ordered = append(ordered, waiting[next])
		waiting = slices.Delete(waiting, next, next+1)
	}
	return ordered, nil
}

func requires(m, other Module) bool {
	return slices.ContainsFunc(m.File.Require, func(r *modfile.Require) bool { return r.Mod.Path == other.Path() })
}

// check returns what keeps users from installing m.
func check(m Module, modules []Module) []error {
	root := modules[0].Path()
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf(m.Dir+"/go.mod: "+format, args...))
	}
	if m.Kind() == Unknown {
		problem("no rule says whether modules in this folder are released: add it to KindOf in .ci/modules/repo/kind.go")
	}
	if !m.Kind().Released() {
		return problems
	}
	if want := strings.TrimSuffix(root+"/"+m.Dir, "/."); m.Path() != want {
		problem("the module is called %s, and its tag would be for %s", m.Path(), want)
	}
	for _, own := range m.Requires(root) {
		i := slices.IndexFunc(modules, func(other Module) bool { return other.Path() == own.Path })
		switch {
		case i < 0:
			problem("it requires %s, which is in no folder of the repository", own.Path)
		case !modules[i].Kind().Released():
			problem("it requires %s, which is not released", own.Path)
		case modules[i].Kind() > m.Kind():
			problem("a module of kind %s requires %s, which is released later, as %s", m.Kind(), own.Path, modules[i].Kind())
		}
	}
	for _, r := range m.File.Replace {
		if !Own(r.Old.Path, root) {
			problem("it replaces %s: users get the original, and go install refuses the module", r.Old.Path)
		}
	}
	for _, e := range m.File.Exclude {
		if m.Kind() == Command {
			problem("it excludes %s: go install refuses the module", e.Mod)
		}
	}
	return problems
}

func dirs(modules []Module) string {
	var names []string
	for _, m := range modules {
		names = append(names, m.Dir)
	}
	return strings.Join(names, ", ")
}
