package secretmux

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Attempt is the outcome of one link that a composition passed over.
type Attempt struct {
	// Source is the link's redacted URI.
	Source string
	// Err is what the link said.
	Err error

	link node
}

// FallbackError tells what each link of a [Chain] or [Replicas] said, when none
// answered. Reach it with errors.As. It does not unwrap to the attempts: one
// absent link must not make the whole ErrNotFound.
type FallbackError struct{ Attempts []Attempt }

// Error lists each link with the class of its failure.
func (e *FallbackError) Error() string {
	parts := make([]string, len(e.Attempts))
	for i, a := range e.Attempts {
		parts[i] = a.Source + " " + className(a.Err)
	}
	return "no link answered: " + strings.Join(parts, ", ")
}

func className(err error) string {
	if class := ClassOf(err); class != nil {
		return class.Error()
	}
	return "failed"
}

// interrupted is the error when ctx ends before each link was asked. What the
// links before said is not the answer: a name that the first lacks is not absent.
func interrupted(ctx context.Context, op, name string) error {
	return &Error{Op: op, Name: name, Err: ctx.Err()}
}

// exhausted is the error when every link was passed over. Its class is that of
// the first link that did not say "not found", as the secret is then not
// provably absent.
func (c *composition) exhausted(op, name string, attempts []Attempt) error {
	switch {
	case len(attempts) == 0:
		return unasked(op, name, c.String())
	case len(c.links) == 1:
		return attempts[0].Err
	}
	e := &Error{Op: op, Name: name, Class: ErrNotFound, Err: &FallbackError{Attempts: attempts}}
	for _, a := range attempts {
		if class := ClassOf(a.Err); !errors.Is(class, ErrNotFound) {
			e.Class, e.Source, e.Hint, e.RetryAt = class, a.Source, hintOf(a.Err), retryAt(a.Err)
			return e
		}
	}
	e.Hint = hintsOf(attempts)
	return e
}

// unasked is the error for a name that the only= of every link leaves out.
func unasked(op, name, source string) error {
	return &Error{
		Op: op, Name: name, Source: source, Class: ErrNotFound, Err: errors.New("no link is asked for this name"),
		Hint: "the only= of every link leaves it out",
	}
}

// hintsOf joins what each link would need to have the secret.
func hintsOf(attempts []Attempt) string {
	var hints []string
	for _, a := range attempts {
		if hint := hintOf(a.Err); hint != "" && !slices.Contains(hints, hint) {
			hints = append(hints, hint)
		}
	}
	return strings.Join(hints, ", or ")
}

func hintOf(err error) string {
	if e := outermost(err); e != nil {
		return e.Hint
	}
	return ""
}

// outermost is the first *Error in err's tree, nil when there is none.
func outermost(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
