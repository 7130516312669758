package secretmux

import (
	"context"
	"errors"
	"time"
)

// Describe returns what p knows about one secret without reading its value, the age
// of the value above all ([Info].VersionCreated). Where p is not a [Describer] it is
// what p's list says about name, and a name that is not in the list is ErrNotFound;
// where p is not a [Lister] either, Describe is errors.ErrUnsupported.
func Describe(ctx context.Context, p Provider, name string) (Info, error) {
	if err := ValidateName(name); err != nil {
		return Info{}, err
	}
	if d, ok := p.(Describer); ok {
		return d.Describe(ctx, name)
	}
	if _, ok := p.(Lister); !ok {
		return Info{}, unsupported("describe", name, p, "this backend can't describe its secrets")
	}
	for info, err := range List(ctx, p, name) {
		if err != nil || info.Name == name {
			return info, err
		}
	}
	return Info{}, &Error{
		Op: "describe", Name: name, Source: sourceOf(p), Class: ErrNotFound, Err: errors.New("the list does not have this name"),
	}
}

// Describe returns what the first link that has the secret says about it.
func (c *composition) Describe(ctx context.Context, name string) (Info, error) {
	return walk(ctx, c, "describe", name, func(ctx context.Context, n node) (Info, bool, error) {
		info, err := n.Describe(ctx, name)
		return info, false, err
	})
}

// describeKey begins the keys under which calls of Describe are counted: one that
// hangs must not keep others from being made.
const describeKey = "\x00describe "

// Describe is bounded like a read.
func (l *link) Describe(ctx context.Context, name string) (Info, error) {
	if err := ValidateName(name); err != nil {
		return Info{}, err
	}
	if !l.policy.only.has(name) {
		return Info{}, unasked("describe", name, l.source)
	}
	info, err := twice(ctx, l, describeKey+name, func(a attempt) (Info, time.Duration, error) {
		return try(ctx, l, a, func(ctx context.Context) (Info, error) {
			info, err := Describe(ctx, l.provider, name)
			if err == nil && info.Name != name {
				err = errOtherName
			}
			return info, err
		})
	})
	if err != nil {
		return Info{}, l.fail("describe", name, err)
	}
	if info.Source == "" || l.inner == nil {
		info.Source = l.source
	}
	return info, nil
}

// errOtherName is the error for a description of another secret: its age must not
// pass for this one's.
var errOtherName = &Error{
	Op: "describe", Class: ErrCorrupt, Err: errors.New("the provider described another secret"), Hint: "its Describe has a mistake",
}
