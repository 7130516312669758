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
		// Only ErrNotFound says that the secret is not here. An error without a class is
		// unknown, and does not pass.
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
		// An absent secret must not pass: the replicas hold the same data, so the next one could
		// only have an older state of it.
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

// composition is what Chain and Replicas share: several nodes that are asked in
// order. They differ in rule.
//
// The links never change after compose, so that reads need no lock.
type composition struct {
	links []node
	rule  rule
}

// rule says when a composition goes on to its next link.
type rule struct {
	// separator is for String only; the rule itself is in the other two fields.
	separator string
	// passes reports whether the composition goes on after a failure of class, without a look at on=.
	passes func(class error) bool
	// overlay says that no further link is asked after one that has the secret, even if it lacks
	// the version that was asked for.
	overlay bool
}

// compose copies the slice, so that the caller's stays the caller's.
//
// A mistake is an error and not a panic, because compositions are built from configuration. A
// nil provider usually comes from a constructor whose error was ignored.
func compose(op string, r rule, providers []Provider) (composition, error) {
	if len(providers) == 0 {
		return composition{}, invalid(op, "there are no links", "give at least one provider")
	}
	c := composition{rule: r, links: make([]node, 0, len(providers))}
	// A provider that is a composition stays one node with its own rule. Its links don't become
	// links of this one: a|b,c is not a,b,c.
	for _, p := range providers {
		if isNil(p) {
			return composition{}, invalid(op, "a link is nil", "leave out the provider that could not be made")
		}
		c.links = append(c.links, asNode(p, 0))
	}
	return c, nil
}

// String joins the links' redacted URIs as a config string does.
func (c *composition) String() string {
	sources := make([]string, len(c.links))
	for i, n := range c.links {
		sources[i] = n.String()
	}
	return strings.Join(sources, c.rule.separator)
}

// passes reports whether the composition goes on after n failed with err.
//
// The rule looks only at the class. on= belongs to the node, because its author knows what the
// errors of that backend mean.
func (c *composition) passes(n node, err error) bool {
	return c.rule.passes(ClassOf(err)) || n.continues(err)
}

// continues is true if all links of this composition have failed, and each of them has an on=
// for its failure. Then the composition above goes on too. A link without the secret needs no
// on=, if another link failed otherwise. If the secret is absent in all links, the rule of the
// composition above decides, as it does for a single link.
func (c *composition) continues(err error) bool {
	if len(c.links) == 1 {
		return c.links[0].continues(err)
	}
	var e *FallbackError
	if !errors.As(err, &e) {
		return false
	}
	// The list may come from a composition below that ended the read. Its links are not ours,
	// and their on= says nothing about us.
	absent, allowed := 0, 0
	for _, a := range e.Attempts {
		switch {
		// Links are compared by identity, because two links may have the same URI.
		case slices.Contains(c.links, a.link) && a.link.continues(a.Err):
			allowed++
		case errors.Is(ClassOf(a.Err), ErrNotFound):
			absent++
		default:
			return false
		}
	}
	return absent == 0 || !errors.Is(ClassOf(err), ErrNotFound) && allowed > 0
}

// Attempt is the outcome of one link that a composition passed over.
type Attempt struct {
	// Source is the link's redacted URI.
	Source string
	// Err is what the link said.
	Err error

	// link is the node itself. continues needs it, because Source does not identify a link.
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

// attempt notes that n was passed over. An observer hears of each such step: a service that
// lives on its second link has a problem that no error shows.
func (c *composition) attempt(ctx context.Context, n node, name string, err error) Attempt {
	source := n.String()
	observeFallback(ctx, name, source, err)
	return Attempt{Source: source, Err: err, link: n}
}

// interrupted is the error when ctx ends before each link was asked. What the links before said
// is not the answer: a secret that the first link lacks may be in the next.
//
// It has no class, so that no composition above goes on because of it. The end of the caller's
// context stays visible in it.
func interrupted(ctx context.Context, op, name string) error {
	// Usually a link has validated the name, but perhaps no link was asked. A value that was
	// passed as a name by mistake must not show in an error.
	if ValidateName(name) != nil {
		name = "" // it is malformed
	}
	return &Error{Op: op, Name: name, Err: ctx.Err()}
}

// exhausted is the error when every link was passed over. Its class is that of the first link
// that did not say "not found": the secret may be there.
func (c *composition) exhausted(op, name string, attempts []Attempt) error {
	switch {
	// No link was asked at all. So "not found" comes from only= and not from a backend.
	case len(attempts) == 0:
		return unasked(op, name, c.String())
	// With one link there is nothing to compare, and its own error says more than a list of one.
	case len(c.links) == 1:
		return attempts[0].Err
	}
	// The class is decided here and not by unwrapping: errors.Is would find ErrNotFound in a
	// list of five denials and one absence. Then a default would replace a secret that exists.
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

// unasked is the error for a name that the only= of every link leaves out. No link has validated
// it, so that is done here: a malformed name is not absent, and is not quoted.
func unasked(op, name, source string) error {
	if err := ValidateName(name); err != nil {
		return err
	}
	return &Error{
		Op: op, Name: name, Source: source, Class: ErrNotFound, Err: errors.New("no link is asked for this name"),
		Hint: "the only= of every link leaves it out",
	}
}

// hintsOf joins the links' hints on what they would need to have the secret.
//
// Equal hints appear once: ten links of one kind would say the same thing ten times.
func hintsOf(attempts []Attempt) string {
	var hints []string
	for _, a := range attempts {
		if hint := hintOf(a.Err); hint != "" && !slices.Contains(hints, hint) {
			hints = append(hints, hint)
		}
	}
	return strings.Join(hints, ", or ")
}

// parseOn reads classes joined by "+", which a query decodes to a space. It
// returns nil for what it can't read.
//
// ErrRefused and ErrClosed are not among the classes. After a refusal the old value stays
// served, and after Close nobody serves anything.
func parseOn(value string) []error {
	byName := map[string]error{
		"notfound": ErrNotFound, "disabled": ErrDisabled, "denied": ErrDenied, "unauthenticated": ErrUnauthenticated,
		"throttled": ErrThrottled, "unavailable": ErrUnavailable, "corrupt": ErrCorrupt, "toolarge": ErrTooLarge,
	}
	var classes []error
	for _, name := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '+' }) {
		class, ok := byName[name]
		if !ok {
			return nil
		}
		// A class that is written twice is harmless, and is kept once.
		if !slices.Contains(classes, class) {
			classes = append(classes, class)
		}
	}
	return classes
}
