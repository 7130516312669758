package settings

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

// reading is the answer of a store to one GetMany.
type reading struct {
	plan *plan
	docs []document // one for each of plan.documents
	// After resolve, values has one value for each leaf: the value of the field, or
	// its default. Zero means an absent optional field, or a field with a problem.
	values []secretmux.Secret
}

// document is one whole secret, or the reason why there is none. Fields are taken out
// of the document here, and not read one by one. So all fields, even absent ones,
// come from the same version.
type document struct {
	secret secretmux.Secret
	err    error
}

func (p *plan) read(ctx context.Context, source Reader) *reading {
	r := &reading{plan: p, docs: make([]document, len(p.documents))}
	results, err := source.GetMany(ctx, p.documents)
	for i, name := range p.documents {
		switch {
		case err != nil:
			r.docs[i].err = &secretmux.Error{Op: "get", Name: name, Class: secretmux.ClassOf(err), Err: err}
		case results[i].Err != nil:
			r.docs[i].err = results[i].Err
		default:
			r.docs[i].secret = results[i].Secret
		}
	}
	return r
}

func absent(err error) bool { return errors.Is(secretmux.ClassOf(err), secretmux.ErrNotFound) }

// resolve finds the value of each leaf, and returns the problems of the leaves
// without one.
func (r *reading) resolve(opts Options) []Problem {
	var problems []Problem
	r.values = make([]secretmux.Secret, len(r.plan.leaves))
	for i := range r.plan.leaves {
		l := &r.plan.leaves[i]
		value, err := r.docs[l.document].field(l.field)
		switch {
		case err == nil:
		case absent(err) && l.hasDefault:
			value = l.defaultValue()
		case absent(err) && l.optional:
			continue
		default:
			problems = append(problems, unread(l, err))
			continue
		}
		if !opts.AllowPlaceholders {
			if what := l.suspect(value); what != "" {
				problems = append(problems, unfit(l, value.Source(), ErrPlaceholder, what, "put the real value in its place"))
				continue
			}
		}
		r.values[i] = value
	}
	return problems
}

func (d document) field(key string) (secretmux.Secret, error) {
	if d.err != nil || key == "" {
		return d.secret, d.err
	}
	return d.secret.Field(key)
}

// same reports whether both readings have the same content.
func (r *reading) same(other *reading) bool {
	for i, d := range r.docs {
		o := other.docs[i]
		if d.secret.IsZero() != o.secret.IsZero() || !d.secret.Equal(o.secret) {
			return false
		}
		if d.err != nil && absent(d.err) != absent(o.err) {
			return false
		}
	}
	return true
}

// changed returns the paths of the fields whose values differ.
func (r *reading) changed(other *reading) []string {
	var paths []string
	for i, value := range r.values {
		if o := other.values[i]; value.IsZero() != o.IsZero() || !value.Equal(o) {
			paths = append(paths, r.plan.leaves[i].path)
		}
	}
	return paths
}
