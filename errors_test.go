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
