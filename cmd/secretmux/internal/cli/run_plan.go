package cli

import (
	"context"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

// wanted is one variable that run sets.
type wanted struct {
	name     string // of the variable
	ref      string
	label    string // its name in messages: the typed text may be a value
	file     bool   // the variable holds the path of a file with the value
	optional bool
}

// plan collects the variables of all flags except --all. It reports all mistakes at
// once.
func (s *session) plan(o *runOptions) ([]wanted, error) {
	p := planner{o: o, byName: map[string]wanted{}}
	for i, text := range o.vars {
		p.typed(text, "-e", i, false)
	}
	for i, text := range o.files {
		p.typed(text, "--file", i, true)
	}
	for i, path := range o.refs {
		s.hide(path)
		p.readRefs(path, i)
	}
	for _, w := range p.plan {
		s.hide(w.ref)
		s.shown = append(s.shown, w.label)
	}
	s.hide(o.all...)
	return p.plan, joined(p.problems)
}

// planner collects variables. It refuses two references for one variable.
type planner struct {
	o        *runOptions
	plan     []wanted
	byName   map[string]wanted
	problems []error
}

// typed reads NAME=REF from the i-th flag of its kind.
func (p *planner) typed(text, flag string, i int, file bool) {
	label := flag + " number " + strconv.Itoa(i+1)
	name, ref, ok := strings.Cut(text, "=")
	switch {
	case !ok || ref == "":
		p.problems = append(p.problems, usage(label+" is not NAME=REF", "write it as in DB_PASSWORD=db/password"))
		return
	case !variable.MatchString(name):
		p.problems = append(p.problems, usage(label+" has no name of a variable before its =",
			"use letters, digits and _, and no digit first, as in DB_PASSWORD=db/password"))
		return
	}
	p.add(wanted{name: name, ref: ref, label: labelOf(name, label), file: file})
}

// readRefs reads a file of --refs. People also pass a .env that has values, so
// messages show only names in capitals.
func (p *planner) readRefs(path string, i int) {
	label := "--refs number " + strconv.Itoa(i+1)
	text, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		p.problems = append(p.problems, usage(label+" can't be read: "+reason(err), ""))
		return
	}
	refs, err := parseRefs(string(text))
	if err != nil {
		p.problems = append(p.problems, usage(label+": "+err.Error(), "write each line as NAME=REF, as in DB_PASSWORD=db/password"))
		return
	}
	for _, r := range refs {
		at := label + ", line " + strconv.Itoa(r.line)
		if problem := p.dangerous(r.name); problem != nil {
			p.problems = append(p.problems, problem)
			continue
		}
		p.add(wanted{name: r.name, ref: r.ref, label: labelOf(r.name, at)})
	}
}

// add refuses a reference that does not parse, and a second one for a variable.
func (p *planner) add(w wanted) {
	if _, err := secretmux.ParseRef(w.ref); err != nil {
		p.problems = append(p.problems, &labelled{label: w.label, err: err})
		return
	}
	key := w.name
	if runtime.GOOS == "windows" {
		key = strings.ToUpper(key)
	}
	if before, taken := p.byName[key]; taken {
		if before.ref != w.ref || before.file != w.file {
			p.problems = append(p.problems, usage(w.label+" has two references", "leave out one of them"))
		}
		return
	}
	w.optional = slices.Contains(p.o.optional, w.name)
	p.byName[key] = w
	p.plan = append(p.plan, w)
}

// withAll adds the secrets of --all, whose names only the store knows. It skips the
// variables that env: lists: the command gets the environment anyway.
func (p *planner) withAll(ctx context.Context, store *secretmux.Store) error {
	for _, prefix := range p.o.all {
		found := false
		for info, err := range secretmux.List(ctx, store, prefix) {
			if err != nil {
				return err
			}
			if ownEnvironment(info.Source) {
				continue
			}
			found = true
			name := env.Name("", strings.TrimPrefix(info.Name, prefix))
			if !variable.MatchString(name) {
				name = env.Name("", info.Name)
			}
			label := labelOf(name, "a secret of --all")
			switch problem := p.dangerous(name); {
			case !variable.MatchString(name):
				p.problems = append(p.problems, usage("the name of a secret of --all can't be turned into a name of a variable", "leave out --all for it, and pass it with -e NAME=REF"))
			case problem != nil:
				p.problems = append(p.problems, problem)
			default:
				p.add(wanted{name: name, ref: info.Name, label: label})
			}
		}
		if !found {
			p.problems = append(p.problems, &secretmux.Error{Op: "list", Class: secretmux.ErrNotFound, Hint: "no secret has the prefix of --all"})
		}
	}
	return joined(p.problems)
}

// ownEnvironment reports whether a link is env: without a prefix, which lists every
// variable of this process.
func ownEnvironment(source string) bool {
	u, err := secretmux.ParseURI(source)
	if err != nil || u.Scheme != env.Scheme {
		return false
	}
	prefix, _ := u.Param("prefix")
	return prefix == ""
}

// variable matches the names that a variable may have.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// labelOf returns the name if it looks like the name of a variable, otherwise the
// place.
func labelOf(name, place string) string {
	if variable.MatchString(name) && name == strings.ToUpper(name) {
		return name
	}
	return place
}

func (p *planner) dangerous(name string) error {
	if !dangerous(name) || slices.Contains(p.o.allowNames, name) {
		return nil
	}
	return usage(name+" can change which program runs or whom it trusts", "if you want that, pass --allow-name "+name+" or use -e")
}
