package settings

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/go-playground/validator/v10"
)

// broken is a rule that a value breaks.
type broken struct {
	leaf   int    // -1 if it is not a setting
	path   string // in the struct, and on into documents
	detail string
}

// unfitRule is the report about a rule that panics. The validator panics for a
// rule that it does not know, and for a type that the rule does not support.
const unfitRule = "a rule of the validate tag is unknown, or not made for this type"

// rules checks the validate tags of target, which is addressable. The errors of the
// validator hold the values, so they never leave this file. skip says for which
// leaves a rule does not count.
func (p *plan) rules(ctx context.Context, v *validator.Validate, target reflect.Value, skip func(leaf int, rule string) bool) []broken {
	whole := target.Addr().Interface()
	found, panicked := p.try(func() error { return v.StructCtx(ctx, whole) }, skip)
	if !panicked {
		return found
	}
	named := false
	for i, l := range p.leaves {
		if l.rules == "" {
			continue
		}
		one, panicked := p.try(func() error { return v.StructPartialCtx(ctx, whole, l.path) }, skip)
		found = append(found, one...)
		if panicked {
			named = true
			found = append(found, broken{leaf: i, path: l.path, detail: unfitRule})
		}
	}
	if !named {
		found = append(found, broken{leaf: -1, detail: unfitRule})
	}
	return found
}

// try calls check and returns the broken rules.
func (p *plan) try(check func() error, skip func(leaf int, rule string) bool) (found []broken, panicked bool) {
	defer func() {
		if recover() != nil {
			found, panicked = nil, true
		}
	}()
	var invalid validator.ValidationErrors
	if !errors.As(check(), &invalid) {
		return nil, false
	}
	for _, e := range invalid {
		path := p.path(e)
		i := p.leafAt(path)
		if i >= 0 && (skip(i, e.Tag()) || slices.ContainsFunc(found, func(b broken) bool { return b.leaf == i })) {
			continue
		}
		found = append(found, broken{leaf: i, path: path, detail: p.rule(path, e)})
	}
	return found, false
}

// path is the place of the rule in the struct. It ends where a list or a map begins,
// because the keys of a map are part of the value.
func (p *plan) path(e validator.FieldError) string {
	path := e.StructNamespace()
	if name := p.typ.Name(); name != "" {
		path = strings.TrimPrefix(path, name+".")
	}
	path, _, _ = strings.Cut(path, "[")
	return path
}

// leafAt returns the leaf at path, or the leaf that path leads into, or -1.
func (p *plan) leafAt(path string) int {
	return slices.IndexFunc(p.leaves, func(l leaf) bool {
		return path == l.path || strings.HasPrefix(path, l.path+".")
	})
}

// rule is the text of a rule in the struct. The other parts of a report about a
// program's own rule may hold the value.
func (p *plan) rule(path string, e validator.FieldError) string {
	typ := p.typ
	var tag string
	for name := range strings.SplitSeq(path, ".") {
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return ""
		}
		f, ok := typ.FieldByName(name)
		if !ok {
			return ""
		}
		typ, tag = f.Type, f.Tag.Get(tagValidate)
	}
	rules := strings.FieldsFunc(tag, func(r rune) bool { return r == ',' || r == '|' })
	for _, text := range []string{e.Tag() + "=" + e.Param(), e.Tag()} {
		if slices.Contains(rules, text) {
			return text
		}
	}
	return ""
}

// check returns the problems with the rules of target, filled from r. Fields that
// have a problem already are left out. Absent optional fields are left out too,
// unless a rule requires them.
func (r *reading) check(ctx context.Context, opts Options, target reflect.Value, known []Problem) []Problem {
	p := r.plan
	skip := func(i int, rule string) bool {
		if slices.ContainsFunc(known, func(problem Problem) bool { return problem.Field == p.leaves[i].path }) {
			return true
		}
		return r.values[i].IsZero() && !strings.HasPrefix(rule, "required")
	}
	var problems []Problem
	for _, b := range p.rules(ctx, opts.validator(p), target, skip) {
		at, source := leaf{path: b.path}, ""
		if b.leaf >= 0 {
			at.ref, source = p.leaves[b.leaf].ref, r.values[b.leaf].Source()
		}
		problems = append(problems, unfit(&at, source, ErrRule, b.detail, ""))
	}
	return problems
}
