package cli

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/cmd/secretmux/internal/child"
)

// fetched is a variable and its secret.
type fetched struct {
	wanted
	secret secretmux.Secret
}

// prepare reads all secrets, and makes the environment and the files of the
// command. If it fails, nothing is started.
func (r *runner) prepare(ctx context.Context, plan []wanted) error {
	p := planner{o: r.o, byName: map[string]wanted{}}
	for _, w := range plan {
		p.add(w)
	}
	bounded, stop := r.s.bounded(ctx)
	defer stop()
	if err := p.withAll(bounded, r.store); err != nil {
		return err
	}
	r.plan = p.plan
	r.sayUnusedOptional()
	secrets, err := r.fetch(bounded)
	if err != nil {
		return err
	}
	r.files = newSecretFiles(r.o)
	if err := r.build(secrets); err != nil {
		r.files.remove()
		return err
	}
	r.tell(secrets)
	return nil
}

// fetch reads the secrets of the plan and adds their values to the mask. An error
// names the variable.
func (r *runner) fetch(ctx context.Context) ([]fetched, error) {
	refs := make([]string, len(r.plan))
	for i, w := range r.plan {
		refs[i] = w.ref
	}
	results, err := r.store.GetMany(ctx, refs)
	if err != nil {
		return nil, err
	}
	var (
		all    []fetched
		failed []error
	)
	for i, result := range results {
		w := r.plan[i]
		switch {
		case result.Err == nil:
			r.masking.add(w, result.Secret)
			all = append(all, fetched{wanted: w, secret: result.Secret})
		case !w.optional || !errors.Is(result.Err, secretmux.ErrNotFound):
			failed = append(failed, &labelled{label: w.label, err: result.Err})
		}
	}
	return all, joined(failed)
}

// build makes the environment and the files.
func (r *runner) build(secrets []fetched) error {
	e := r.o.inherited(environ(), r.masking.on())
	r.overwritten = nil
	r.files.renew()
	for _, f := range secrets {
		value := f.secret.Bytes()
		text := string(value)
		if f.file {
			path, err := r.files.write(f.name, value)
			if err != nil {
				return err
			}
			text = path
		} else if err := checkVariable(f.wanted, value); err != nil {
			return err
		}
		if old, set := e[f.name]; set && old != text {
			r.overwritten = append(r.overwritten, f.label)
		}
		e[f.name] = text
	}
	r.env = e.list()
	return nil
}

// tell prints warnings, once. It may show a reference that was read, which is a
// name. A reference to an absent secret stays hidden, because it may be a value.
func (r *runner) tell(secrets []fetched) {
	r.s.hidden = nil
	for _, w := range r.plan {
		if !slices.ContainsFunc(secrets, func(f fetched) bool { return f.wanted == w }) {
			r.s.hide(w.ref)
		}
	}
	if len(r.overwritten) > 0 {
		r.s.say("secretmux: the secret replaces a variable that was set: " + strings.Join(r.overwritten, ", "))
	}
	if short := r.masking.set.Unmasked(); r.masking.on() && len(short) > 0 {
		r.s.say("secretmux: not masked, because they are short: " + strings.Join(short, ", ") + "; --mask-short masks them")
	}
}

// replace replaces this process by the command.
func (r *runner) replace() error {
	closeStore(r.store)
	return notStarted(child.Reason(child.Replace(r.path, r.argv, r.env)))
}

// sayUnusedOptional warns of each --optional that is not a variable of this run, as
// one that is misspelt leaves a variable required.
func (r *runner) sayUnusedOptional() {
	for i, name := range r.o.optional {
		if !slices.ContainsFunc(r.plan, func(w wanted) bool { return w.name == name }) {
			r.s.say("secretmux: --optional number " + strconv.Itoa(i+1) + " is not a variable that this run sets, and changes nothing")
		}
	}
}
