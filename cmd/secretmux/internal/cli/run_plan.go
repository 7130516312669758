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
	label    string // what messages call it: what was typed may be a value
	file     bool   // the variable holds the path of a file with the value
	optional bool
}

// plan collects what the flags ask for, but for --all. All mistakes are told at
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

// planner collects variables and refuses two references for one of them.
type planner struct {
	o        *runOptions
	plan     []wanted
	byName   map[string]wanted
	problems []error
}

// typed reads NAME=REF of a flag, the i-th of its kind.
func (p *planner) typed(text, flag string, i int, file bool) {
	label := flag + " number " + strconv.Itoa(i+1)
	name, ref, ok := strings.Cut(text, "=")
	if !ok || ref == "" || !variable.MatchString(name) {
		p.problems = append(p.problems, usage(label+" is not NAME=REF", "write it as in DB_PASSWORD=db/password"))
		return
	}
	p.add(wanted{name: name, ref: ref, label: labelOf(name, label), file: file})
}

// readRefs reads a file of --refs. People pass a .env with values, too: nothing of
// it but names in capitals is ever shown.
func (p *planner) readRefs(path string, i int) {
	label := "--refs number " + strconv.Itoa(i+1)
	text, err := os.ReadFile(path) //nolint:gosec // the user's own choice
	if err != nil {
		p.problems = append(p.problems, usage(label+" can't be read: "+reason(err), ""))
		return
	}
	refs, err := parseRefs(string(text))
	if err != nil {
		p.problems = append(p.problems, usage(label+": "+err.Error(), "a line is NAME=REF, as in DB_PASSWORD=db/password"))
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
			p.problems = append(p.problems, usage(w.label+" has two references", "leave one of them"))
		}
		return
	}
	w.optional = slices.Contains(p.o.optional, w.name)
	p.byName[key] = w
	p.plan = append(p.plan, w)
}

// withAll adds the secrets of --all, which only the store knows. What env: lists is
// in the environment already.
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
				p.problems = append(p.problems, usage("a secret of --all makes no name of a variable", "pass it with -e NAME=REF"))
			case problem != nil:
				p.problems = append(p.problems, problem)
			default:
				p.add(wanted{name: name, ref: info.Name, label: label})
			}
		}
		if !found {
			p.problems = append(p.problems, &secretmux.Error{Op: "list", Class: secretmux.ErrNotFound, Hint: "there is no secret below the prefix of --all"})
		}
	}
	return joined(p.problems)
}

// ownEnvironment says whether a link is env: without a prefix, which lists every
// variable of this process.
func ownEnvironment(source string) bool {
	u, err := secretmux.ParseURI(source)
	if err != nil || u.Scheme != env.Scheme {
		return false
	}
	prefix, _ := u.Param("prefix")
	return prefix == ""
}

// variable is what may be the name of a variable.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// labelOf is the name where it looks like one, else the place.
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
	return usage(name+" can change what is run, or as whom", "pass --allow-name "+name+" if that is meant, or -e")
}
