package settings

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/secretmux/secretmux"
)

// Load reads all settings of the struct T from source with one GetMany, decodes and
// checks them, and returns the filled struct. source is usually a *secretmux.Store.
//
// If values are missing, can't be read, don't parse or break a rule, the error is an
// *[Error] with all of them. A mistake in T itself, such as a tag that contradicts
// another, is secretmux.ErrInvalid, and Load finds it before it reads anything. On
// any error the T is zero, because half a configuration is useless.
//
// If ctx ends, the problems of the *Error have ctx's error. Load keeps only what it knows
// about the type T, and no value. It is safe for concurrent use.
func Load[T any](ctx context.Context, source Reader, opts Options) (T, error) {
	var value, zero T
	p, err := planFor[T](source)
	if err != nil {
		return zero, err
	}
	r := p.read(ctx, source)
	if err := r.fill(ctx, opts, reflect.ValueOf(&value).Elem()); err != nil {
		return zero, err
	}
	return value, nil
}

func planFor[T any](source Reader) (*plan, error) {
	if store, ok := source.(*secretmux.Store); source == nil || ok && store == nil {
		return nil, &secretmux.Error{
			Op: "settings", Class: secretmux.ErrInvalid, Err: errors.New("the store is nil"),
			Hint: "check the error of the call that opens the store",
		}
	}
	return planOf[T]()
}

// fill sets target from the reading. The error is an *Error.
func (r *reading) fill(ctx context.Context, opts Options, target reflect.Value) error {
	problems := r.resolve(opts)
	for _, f := range r.plan.decode(r.values, target) {
		l, source := &r.plan.leaves[f.leaf], r.values[f.leaf].Source()
		problems = append(problems, unfit(l, source, ErrUnparsable, f.detail, f.hint))
	}
	problems = append(problems, r.check(ctx, opts, target, problems)...)
	if len(problems) == 0 {
		return nil
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(r.place(a), r.place(b)) })
	return &Error{Problems: problems}
}

// place is the position of a problem's field; a problem without a setting comes
// last.
func (r *reading) place(p Problem) int {
	if i := r.plan.leafAt(p.Field); i >= 0 {
		return i
	}
	return len(r.plan.leaves)
}
