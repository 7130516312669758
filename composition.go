package secretmux

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// node is a part of a composition: a link, a Chain, Replicas or a Store. Besides
// what a Provider answers it tells what those above it have to know, so that no
// code asks "which of our types are you".
type node interface {
	Provider
	ManyGetter
	VersionGetter
	Lister
	Describer
	Checker
	io.Closer
	fmt.Stringer

	// asks reports whether a read of name reaches a backend. See only=.
	asks(name string) bool
	// asksAll reports whether asks holds for every name.
	asksAll() bool
	// continues reports whether a composition goes on after this node failed with
	// err, because on= says so.
	continues(err error) bool
	// stream reads names, which are unique, and delivers one Result for each as
	// soon as it is known, from any goroutine. It returns after the last one.
	stream(ctx context.Context, names []string, deliver func(i int, r Result))
	// explain asks every link for r. The error is the one that a read would get;
	// settled is what versionOf says of it.
	explain(ctx context.Context, r Ref) (outcomes []Outcome, settled bool, err error)
	// probe checks every link.
	probe(ctx context.Context) []Probed
	// budget is how long one read may take at most.
	budget() time.Duration
	// pace is how often an absent name that is watched is looked for. Zero leaves
	// it to the store.
	pace(name string) (pace time.Duration, fixed bool)
	// abandoned counts the calls that go on although no caller waits for them:
	// all of them, or those for name.
	abandoned(name string) int
	// drain waits until no call runs, at most until ctx ends, and returns how many
	// still do.
	drain(ctx context.Context) int
}

// asNode makes a link of a provider that is not a part of a composition yet.
func asNode(p Provider, timeout time.Duration) node {
	if n, ok := p.(node); ok {
		return n
	}
	return newLink(p, sourceOf(p), policy{timeout: timeout})
}

// composition is what Chain and Replicas share: several nodes that are asked in
// order. They differ in rule.
type composition struct {
	links []node
	rule  rule
}

// rule says when a composition goes on to its next link.
type rule struct {
	separator string
	// passes reports whether a failure of class lets it go on, whatever on= says.
	passes func(class error) bool
	// overlay says that a link which has a secret settles the matter, even if it
	// lacks the version that was asked for.
	overlay bool
}

// compose copies the slice, so that the caller's stays the caller's.
func compose(op string, r rule, providers []Provider) (composition, error) {
	if len(providers) == 0 {
		return composition{}, invalid(op, "there are no links", "give at least one provider")
	}
	c := composition{rule: r, links: make([]node, 0, len(providers))}
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
func (c *composition) passes(n node, err error) bool {
	return c.rule.passes(ClassOf(err)) || n.continues(err)
}

// Get returns the secret from the first link that answers.
func (c *composition) Get(ctx context.Context, name string) (Secret, error) {
	return walk(ctx, c, "get", name, func(ctx context.Context, n node) (Secret, bool, error) {
		secret, err := n.Get(ctx, name)
		return secret, false, err
	})
}

// GetVersion returns a version from the first link that answers. In a Chain, a
// link that has the secret but not the version, or no versions, stops it: the
// next link's version of that id would be another secret's.
func (c *composition) GetVersion(ctx context.Context, name, version string) (Secret, error) {
	return walk(ctx, c, "get version", name, func(ctx context.Context, n node) (Secret, bool, error) {
		if !c.rule.overlay {
			secret, err := n.GetVersion(ctx, name, version)
			return secret, false, err
		}
		return versionOf(ctx, n, name, version)
	})
}

// versionOf is GetVersion of one link. It tells a missing version, which settles
// the matter, from a missing secret, which does not.
func versionOf(ctx context.Context, p Provider, name, version string) (secret Secret, settled bool, err error) {
	secret, err = GetVersion(ctx, p, name, version)
	if class := ClassOf(err); errors.Is(class, ErrNotFound) || errors.Is(class, errors.ErrUnsupported) {
		if _, absent := p.Get(ctx, name); absent != nil {
			return Secret{}, false, absent
		}
		return Secret{}, true, err
	}
	return secret, false, err
}

// walk asks links in order until one answers or fails in a way that ends the
// matter.
func walk[T any](
	ctx context.Context, c *composition, op, name string, ask func(context.Context, node) (answer T, settled bool, err error),
) (T, error) {
	var (
		none     T
		attempts []Attempt
	)
	for i, n := range c.links {
		if !n.asks(name) {
			continue
		}
		if i > 0 && ctx.Err() != nil {
			return none, interrupted(ctx, op, name)
		}
		answer, settled, err := ask(c.within(ctx, n, []string{name}), n)
		switch {
		case err == nil:
			return answer, nil
		case settled || !c.passes(n, err):
			return none, err
		}
		attempts = append(attempts, c.attempt(ctx, n, name, err))
	}
	return none, c.exhausted(op, name, attempts)
}

func (c *composition) attempt(ctx context.Context, n node, name string, err error) Attempt {
	source := n.String()
	observeFallback(ctx, name, source, err)
	return Attempt{Source: source, Err: err, link: n}
}

// within is the context for asking n for names. In Replicas only the last one that
// is asked has a second try: before that, the next replica is the better one.
func (c *composition) within(ctx context.Context, n node, names []string) context.Context {
	if c.rule.overlay || n == c.lastAsked(names) {
		return ctx
	}
	return withoutSecondTry(ctx)
}

// lastAsked is the last node that is asked for any of names.
func (c *composition) lastAsked(names []string) node {
	for _, n := range slices.Backward(c.links) {
		if slices.ContainsFunc(names, n.asks) {
			return n
		}
	}
	return nil
}

// Check checks every link, all at the same time, and joins what fails.
func (c *composition) Check(ctx context.Context) error {
	return errors.Join(each(c.links, nil, func(n node) error { return n.Check(ctx) })...)
}

func (c *composition) probe(ctx context.Context) []Probed {
	return slices.Concat(each(c.links, nil, func(n node) []Probed { return n.probe(ctx) })...)
}

// Close closes every link, all at the same time, and joins what fails: one that
// hangs or panics must not keep the others open.
func (c *composition) Close() error {
	return errors.Join(each(c.links, error(errPanicked), func(n node) error {
		_, err := guarded(context.Background(), n, func(context.Context, node) (struct{}, error) { return struct{}{}, n.Close() })
		return err
	})...)
}

// each asks every link at the same time and returns what they say, in order. It is
// silence where one ends its goroutine.
func each[T any](links []node, silence T, ask func(node) T) []T {
	answers := slices.Repeat([]T{silence}, len(links))
	var wg sync.WaitGroup
	for i, n := range links {
		wg.Go(func() { answers[i] = ask(n) })
	}
	wg.Wait()
	return answers
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
	absent, allowed := 0, 0
	for _, a := range e.Attempts {
		switch {
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

func (c *composition) budget() time.Duration {
	var sum time.Duration
	for _, n := range c.links {
		sum = min(sum+n.budget(), longestTimeout)
	}
	return sum
}

// pace is the shortest ttl= of the links that are asked. Where none has one it is
// the shortest pace that their providers name, if all of them do: one file among
// three clouds must not have the clouds asked every two seconds.
func (c *composition) pace(name string) (pace time.Duration, fixed bool) {
	all := true
	for _, n := range c.links {
		if !n.asks(name) {
			continue
		}
		own, ownFixed := n.pace(name)
		switch {
		case own == 0:
			all = false
		case pace == 0, ownFixed && !fixed, ownFixed == fixed && own < pace:
			pace, fixed = own, ownFixed
		}
	}
	if !fixed && !all {
		return 0, false
	}
	return pace, fixed
}

func (c *composition) abandoned(name string) int {
	sum := 0
	for _, n := range c.links {
		sum += n.abandoned(name)
	}
	return sum
}

func (c *composition) drain(ctx context.Context) int {
	sum := 0
	for _, n := range c.links {
		sum += n.drain(ctx)
	}
	return sum
}
