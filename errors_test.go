package secretmux_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

func classes() map[string]error {
	return map[string]error{
		"not found": secretmux.ErrNotFound, "disabled": secretmux.ErrDisabled, "denied": secretmux.ErrDenied,
		"unauthenticated": secretmux.ErrUnauthenticated, "invalid": secretmux.ErrInvalid, "throttled": secretmux.ErrThrottled,
		"unavailable": secretmux.ErrUnavailable, "corrupt": secretmux.ErrCorrupt, "too large": secretmux.ErrTooLarge,
		"refused": secretmux.ErrRefused, "closed": secretmux.ErrClosed,
	}
}

func TestErrorText(t *testing.T) {
	cases := map[string]*secretmux.Error{
		"secretmux": {},
		`secretmux: get "db/password" from "env:": denied: cause (grant it)`: {
			Op: "get", Name: "db/password", Source: "env:", Class: secretmux.ErrDenied, Err: errors.New("cause"), Hint: "grant it",
		},
		`secretmux: check from "docker:": unavailable`: {Op: "check", Source: "docker:", Class: secretmux.ErrUnavailable},
		"secretmux: get: context canceled":             {Op: "get", Err: context.Canceled},
	}
	for want, e := range cases {
		if got := e.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestErrorUnwrapsToClassAndCause(t *testing.T) {
	cause := fmt.Errorf("sdk: %w", io.ErrUnexpectedEOF)
	err := fmt.Errorf("outer: %w", &secretmux.Error{Class: secretmux.ErrUnavailable, Err: cause})
	if !errors.Is(err, secretmux.ErrUnavailable) || !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, secretmux.ErrDenied) {
		t.Errorf("errors.Is does not see class and cause of %v", err)
	}
	var e *secretmux.Error
	if !errors.As(err, &e) || e.Err != cause { //nolint:errorlint // the very same
		t.Error("errors.As does not give the *Error")
	}
	if (&secretmux.Error{}).Unwrap() == nil {
		t.Error("Unwrap of an empty error is nil")
	}
}

func TestClassOf(t *testing.T) {
	typed := func(class error) error { return &secretmux.Error{Class: class} }
	for name, class := range classes() {
		for form, err := range map[string]error{
			"bare": class, "typed": typed(class), "wrapped": fmt.Errorf("a: %w", class),
			"typed and wrapped": fmt.Errorf("a: %w", fmt.Errorf("b: %w", typed(class))),
			"with a cause":      fmt.Errorf("%w: %w", class, io.EOF),
			"cause first":       fmt.Errorf("%w: %w", io.EOF, class),
			"outermost":         &secretmux.Error{Class: class, Err: typed(secretmux.ErrNotFound)},
			"by its Is method":  isClassError{class},
			"its Is, wrapped":   fmt.Errorf("a: %w", isClassError{class}),
			// A chain goes on after ErrNotFound, so anything beside it wins.
			"joined before": errors.Join(class, secretmux.ErrNotFound),
			"joined after":  errors.Join(typed(secretmux.ErrNotFound), fmt.Errorf("a: %w", typed(class))),
		} {
			if got := secretmux.ClassOf(err); got != class {
				t.Errorf("%s, %s: got %v", name, form, got)
			}
		}
	}
}

type isClassError struct{ class error }

func (isClassError) Error() string          { return "sdk" }
func (e isClassError) Is(target error) bool { return target == e.class }

func TestClassOfNothing(t *testing.T) {
	for _, err := range []error{
		nil, io.EOF, context.Canceled, &secretmux.Error{}, errors.Join(io.EOF), fmt.Errorf("%w %w", io.EOF, context.Canceled),
		&secretmux.Error{Err: fmt.Errorf("a class below a *Error without one: %w", secretmux.ErrNotFound)},
	} {
		if got := secretmux.ClassOf(err); got != nil {
			t.Errorf("ClassOf(%v) = %v", err, got)
		}
	}
	if got := secretmux.ClassOf(fmt.Errorf("a: %w", errors.ErrUnsupported)); got != errors.ErrUnsupported {
		t.Errorf("ErrUnsupported has class %v", got)
	}
}

func TestClassTexts(t *testing.T) {
	for text, class := range classes() {
		if class.Error() != text || strings.HasPrefix(text, "secretmux") {
			t.Errorf("%v reads badly in a sentence", class)
		}
	}
}

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

func TestInvalidSaysWhatToDo(t *testing.T) {
	err := secretmux.Invalid("open", "the region is missing", "write it after //")
	if !errors.Is(err, secretmux.ErrInvalid) {
		t.Error("not ErrInvalid")
	}
	if got, want := err.Error(), "secretmux: open: invalid: the region is missing (write it after //)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
