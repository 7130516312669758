package settings

import (
	"context"
	"errors"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/secretmux/secretmux"
)

// Error has all problems with the values of one struct. Use errors.As to get the *Error,
// and then its Problems. Its text holds no value. The errors in it that this package made
// don't hold a value either.
type Error struct {
	// Problems are in the order of the struct's fields. A field has at most one.
	Problems []Problem
}

// Error returns a table without a header. It has one line for each problem, with the
// field, reference, class, source and hint. Problems with one cause, such as missing
// credentials, are one block: the cause, and the fields below it.
func (e *Error) Error() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, group := range e.groups() {
		if len(group) == 1 {
			_, _ = w.Write([]byte("settings: " + strings.Join(group[0].cells(), "\t") + "\n"))
			continue
		}
		// Without a tab, so that a long cause does not move the columns of the fields.
		_, _ = w.Write([]byte("settings: " + strings.Join(group[0].common(), "  ") + "\n"))
		for _, p := range group {
			_, _ = w.Write([]byte("  " + strings.Join(p.own(), "\t") + "\n"))
		}
	}
	_ = w.Flush()
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// groups puts problems with one cause together. The groups have the order of their
// first problems. Absent secrets have no common cause, except a file or folder that
// does not exist. Values that don't fit have no common cause either.
func (e *Error) groups() [][]Problem {
	var groups [][]Problem
	for _, p := range e.Problems {
		i := -1
		if p.shared() {
			i = slices.IndexFunc(groups, func(g []Problem) bool {
				return g[0].shared() && slices.Equal(g[0].common(), p.common())
			})
		}
		if i < 0 {
			groups = append(groups, []Problem{p})
		} else {
			groups[i] = append(groups[i], p)
		}
	}
	return groups
}

func (p Problem) shared() bool {
	if errors.Is(p.Class, secretmux.ErrNotFound) {
		return p.Ref != "" && p.gone != ""
	}
	for _, own := range []error{ErrUnparsable, ErrRule, ErrPlaceholder} {
		if errors.Is(p.Class, own) {
			return false
		}
	}
	return p.Ref != ""
}

// Is reports whether every problem is target. So if one secret is denied and another is
// absent, the Error is not "not found". For context.Canceled and context.DeadlineExceeded
// one problem is enough.
func (e *Error) Is(target error) bool {
	some := errors.Is(target, context.Canceled) || errors.Is(target, context.DeadlineExceeded)
	for _, p := range e.Problems {
		if errors.Is(p.Err, target) == some {
			return some
		}
	}
	return !some && len(e.Problems) > 0
}

// As looks for target in the Err of a problem only if there is exactly one problem. If
// there were several, the choice would be random.
func (e *Error) As(target any) bool {
	return len(e.Problems) == 1 && errors.As(e.Problems[0].Err, target)
}
