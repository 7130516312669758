package secretmux_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestManyError(t *testing.T) {
	denied := &secretmux.Error{Op: "get", Name: "d", Class: secretmux.ErrDenied}
	absent := &secretmux.Error{Op: "get", Name: "a", Class: secretmux.ErrNotFound}
	cancelled := &secretmux.Error{Op: "get", Name: "c", Err: context.Canceled}
	of := func(errs ...*secretmux.Error) *secretmux.ManyError {
		m := &secretmux.ManyError{Failed: map[string]error{}}
		for i, e := range errs {
			m.Failed[e.Name+strings.Repeat("'", i)] = e
		}
		return m
	}
	for name, tt := range map[string]struct {
		err  *secretmux.ManyError
		is   []error
		not  []error
		asIt bool
	}{
		"one":               {of(denied), []error{secretmux.ErrDenied}, []error{secretmux.ErrNotFound}, true},
		"two of a class":    {of(denied, denied), []error{secretmux.ErrDenied}, []error{secretmux.ErrNotFound}, false},
		"denied and absent": {of(denied, absent), nil, []error{secretmux.ErrDenied, secretmux.ErrNotFound}, false},
		"one was cancelled": {of(absent, cancelled), []error{context.Canceled}, []error{secretmux.ErrNotFound, context.DeadlineExceeded}, false},
		"nothing":           {of(), nil, []error{secretmux.ErrDenied, context.Canceled}, false},
	} {
		for _, want := range tt.is {
			if !errors.Is(tt.err, want) {
				t.Errorf("%s: it is not %v", name, want)
			}
		}
		for _, other := range tt.not {
			if errors.Is(tt.err, other) {
				t.Errorf("%s: it is %v", name, other)
			}
		}
		var e *secretmux.Error
		if errors.As(tt.err, &e) != tt.asIt {
			t.Errorf("%s: As finds an Error: %t", name, !tt.asIt)
		}
	}
	if class := secretmux.ClassOf(of(denied, absent)); class != nil {
		t.Errorf("five denied and one absent are %v", class)
	}
	if class := secretmux.ClassOf(of(absent, absent)); class != secretmux.ErrNotFound {
		t.Errorf("two absent ones are %v", class)
	}
	if got, want := of(denied, absent).Error(), "secretmux: get \"a\": not found\nsecretmux: get \"d\": denied"; got != want {
		t.Errorf("the text is %q, want it sorted by reference", got)
	}
}
