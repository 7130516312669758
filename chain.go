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
		// Nothing else says that the secret is not here. An error without a class is
		// unknown, and does not pass either.
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
		// An absent secret must not pass: the replicas hold the same data, so that the
		// next one could only have an older state of it.
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
	// It is only for String: the rule is in the other two.
	separator string
	// passes reports whether a failure of class lets it go on, whatever on= says.
	passes func(class error) bool
	// overlay says that a link which has a secret settles the matter, even if it
	// lacks the version that was asked for.
	overlay bool
}

// compose copies the slice, so that the caller's stays the caller's.
//
// A mistake is an error and not a panic: compositions are built from configuration, and
// a nil is a constructor whose error was not looked at.
func compose(op string, r rule, providers []Provider) (composition, error) {
	if len(providers) == 0 {
		return composition{}, invalid(op, "there are no links", "give at least one provider")
	}
	c := composition{rule: r, links: make([]node, 0, len(providers))}
	// A provider that is a composition already stays one node. It keeps its own rule,
	// and does not become part of this one: a|b,c is not a,b,c.
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
// The rule sees only the class. on= is asked of the node, as the one who wrote it knows
// what that backend's errors mean.
func (c *composition) passes(n node, err error) bool {
	return c.rule.passes(ClassOf(err)) || n.continues(err)
}

// continues holds for a composition that was exhausted and each of whose failures
// would let the one above it go on as well. An absent secret counts as such a
// failure beside others only: where all are absent, the rule of the one above
// decides, as it does for a single link.
func (c *composition) continues(err error) bool {
	if len(c.links) == 1 {
		return c.links[0].continues(err)
	}
	var e *FallbackError
	if !errors.As(err, &e) {
		return false
	}
	// The list may be that of a composition below, which ended the matter. Its links are
	// not ours, and what their on= allows says nothing about us.
	absent, allowed := 0, 0
	for _, a := range e.Attempts {
		switch {
		// The link is looked at by identity, as two links may have the same URI.
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

	// link is the node itself, for continues. Source does not identify it.
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

// attempt notes that n was passed over. An observer hears of each such step, as a
// service that lives on its second link has a problem that no error shows.
func (c *composition) attempt(ctx context.Context, n node, name string, err error) Attempt {
	source := n.String()
	observeFallback(ctx, name, source, err)
	return Attempt{Source: source, Err: err, link: n}
}

// interrupted is the error when ctx ends before each link was asked. What the
// links before said is not the answer: a name that the first lacks is not absent.
//
// It has no class, so that nothing above goes on because of it, and keeps the meaning
// of the caller's own context.
func interrupted(ctx context.Context, op, name string) error {
	// Links validate names. Here none did, and a value in the wrong place must not show
	// in an error.
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
	// No link was asked at all. "Not found" then comes from only=, and not
	// from a backend.
	case len(attempts) == 0:
		return unasked(op, name, c.String())
	// With one link there is no choice to explain, and its own error says more than a
	// list of one.
	case len(c.links) == 1:
		return attempts[0].Err
	}
	// The class is decided here and not by unwrapping, because errors.Is would find
	// ErrNotFound in a list of five denials and one absence, and a default would take
	// the place of a secret that exists.
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
// Refused and closed are not among the classes: the first keeps an old value served,
// and after the second nothing is served by anyone.
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
		// A class that comes twice is harmless, and one answer fewer to look through.
		if !slices.Contains(classes, class) {
			classes = append(classes, class)
		}
	}
	return classes
}
