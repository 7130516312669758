package secretmux

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Chain is an overlay: the first of its links that has a secret answers. It goes
// on to the next link only after ErrNotFound, or after a class that the link
// names with [ContinueOn] or on=. A link that is denied, disabled, throttled or
// unreachable stops it: a revoked role must not turn into last year's value from
// a weaker source. A link that only= keeps from being asked is passed over.
//
// When all links are passed, the error is ErrNotFound if each said so, and
// otherwise of the class of the first that did not. With more than one link it
// wraps a *[FallbackError] that tells each link's outcome. A Chain remembers
// nothing between calls. It is safe for concurrent use if its links are.
type Chain struct{ composition }

// NewChain returns a Chain of p in order. No links, and a nil one, are
// ErrInvalid. Each link gets 10 seconds for a call unless it was opened with
// another timeout=.
func NewChain(p ...Provider) (*Chain, error) {
	c, err := compose("new chain", rule{
		separator: ",", overlay: true,
		passes: func(class error) bool { return errors.Is(class, ErrNotFound) },
	}, p)
	if err != nil {
		return nil, err
	}
	return &Chain{c}, nil
}

// Replicas is the same data in several places: the first replica that can be
// reached answers. It goes on to the next only after ErrUnavailable or
// ErrThrottled, or after a class that the replica names with [ContinueOn] or on=.
// An absent secret is absent in all of them; a denied one is denied. A replica
// that only= keeps from being asked is passed over.
//
// When no replica could be reached, the error is of the class of the first
// failure and, with more than one replica, wraps a *[FallbackError]. Replicas
// remember nothing between calls and are safe for concurrent use if their links
// are.
type Replicas struct{ composition }

// NewReplicas returns Replicas of p in order of preference. No replicas, and a
// nil one, are ErrInvalid. Each replica gets 10 seconds for a call unless it was
// opened with another timeout=.
func NewReplicas(p ...Provider) (*Replicas, error) {
	c, err := compose("new replicas", rule{
		separator: "|",
		passes: func(class error) bool {
			return errors.Is(class, ErrUnavailable) || errors.Is(class, ErrThrottled)
		},
	}, p)
	if err != nil {
		return nil, err
	}
	return &Replicas{c}, nil
}

var (
	_ node = (*Chain)(nil)
	_ node = (*Replicas)(nil)
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
	if ValidateName(name) != nil {
		name = "" // no link has looked at it
	}
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

// unasked is the error for a name that the only= of every link leaves out. No link
// has looked at it then: a malformed one is not absent, and is not quoted.
func unasked(op, name, source string) error {
	if err := ValidateName(name); err != nil {
		return err
	}
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
