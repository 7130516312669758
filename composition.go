package secretmux

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// node is a part of a composition: a link, a Chain, Replicas or a Store. Besides what a Provider
// answers, it tells what the nodes above it have to know, so that no code has to ask for a
// node's type.
//
// Providers don't have the unexported methods. A provider becomes a node when a link is put
// around it, which gives it a timeout, a gate and a source.
type node interface {
	Provider
	ManyGetter
	VersionGetter
	Lister
	Describer
	Checker
	io.Closer
	fmt.Stringer

	// asks reports whether a read of name is made at all. It is not if only= leaves the name out.
	asks(name string) bool
	// asksAll reports whether asks holds for every name.
	asksAll() bool
	// continues reports whether a composition goes on after this node failed with
	// err, because on= says so.
	continues(err error) bool
	// stream reads names, which are unique, and delivers one Result for each as
	// soon as it is known, from any goroutine. It returns after the last one.
	stream(ctx context.Context, names []string, deliver func(i int, r Result))
	// explain asks every link for r. The error is the one that a read would get; settled is as
	// versionOf returns it.
	explain(ctx context.Context, r Ref) (outcomes []Outcome, settled bool, err error)
	// probe checks every link.
	probe(ctx context.Context) []Probed
	// budget is how long one read may take at most.
	budget() time.Duration
	// pace is the time after which an absent name that is watched is looked for again. Zero
	// leaves it to the store. fixed says that a user wrote it as ttl=.
	pace(name string) (pace time.Duration, fixed bool)
	// abandoned counts the calls that go on although no caller waits for them:
	// all of them, or those for name.
	abandoned(name string) int
	// drain waits until no call runs, at most until ctx ends, and returns how many
	// still do.
	drain(ctx context.Context) int
}

// asNode makes a link of a provider that is not a part of a composition yet.
//
// A node does not get another link. A second link would count the calls twice, and would have a
// second gate.
func asNode(p Provider, timeout time.Duration) node {
	if n, ok := p.(node); ok {
		return n
	}
	return newLink(p, sourceOf(p), policy{timeout: timeout})
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

// versionOf is GetVersion of one link. settled is true if the secret is here and only the
// version is missing: then the next link must not be asked.
func versionOf(ctx context.Context, p Provider, name, version string) (secret Secret, settled bool, err error) {
	// One call tells most cases. A second call is made only if the version is missing, or if the
	// backend has no versions. It asks whether the secret is here. If it is, another link's
	// version of that id would be a version of another secret.
	secret, err = GetVersion(ctx, p, name, version)
	if class := ClassOf(err); errors.Is(class, ErrNotFound) || errors.Is(class, errors.ErrUnsupported) {
		// An outage of the second call counts as the answer: then nobody knows whether the
		// secret is here.
		if _, absent := p.Get(ctx, name); absent != nil {
			return Secret{}, false, absent
		}
		return Secret{}, true, err
	}
	return secret, false, err
}

// Describe returns what the first link that has the secret says about it.
func (c *composition) Describe(ctx context.Context, name string) (Info, error) {
	return walk(ctx, c, "describe", name, func(ctx context.Context, n node) (Info, bool, error) {
		info, err := n.Describe(ctx, name)
		return info, false, err
	})
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
	// Each step is the same: see whether the node is asked for this name and whether the caller
	// still waits, ask it, and decide by the error. Explain and stream have to take the same steps.
	for i, n := range c.links {
		if !n.asks(name) {
			continue
		}
		// The first link looks at ctx itself, and its error says more. After that, a link may
		// have said "not found" only because its call was cut short.
		if i > 0 && ctx.Err() != nil {
			return none, interrupted(ctx, op, name)
		}
		answer, settled, err := ask(c.within(ctx, n, []string{name}), n)
		switch {
		case err == nil:
			return answer, nil
		// This error is returned as it is. The links before it did not have the secret, and this
		// one decides.
		case settled || !c.passes(n, err):
			return none, err
		}
		attempts = append(attempts, c.attempt(ctx, n, name, err))
	}
	return none, c.exhausted(op, name, attempts)
}

// within is the context for asking n for names. In Replicas, only the last replica that is asked
// has a second try. For the others, asking the next replica is better than a second try.
func (c *composition) within(ctx context.Context, n node, names []string) context.Context {
	if c.rule.overlay || n == c.lastAsked(names) {
		return ctx
	}
	return withoutSecondTry(ctx)
}

// lastAsked is the last node that is asked for any of names.
//
// It looks at only=, so that a replica which is not asked for these names does not take the
// second try from one that is.
func (c *composition) lastAsked(names []string) node {
	for _, n := range slices.Backward(c.links) {
		if slices.ContainsFunc(names, n.asks) {
			return n
		}
	}
	return nil
}

// Check checks every link, all at the same time, and joins what fails.
//
// They run side by side, because a link that hangs must not hide what the others say, and a deep
// health check has a deadline of its own.
func (c *composition) Check(ctx context.Context) error {
	return errors.Join(each(c.links, nil, func(n node) error { return n.Check(ctx) })...)
}

// Close closes every link, all at the same time, and joins what fails: one that
// hangs or panics must not keep the others open.
func (c *composition) Close() error {
	return errors.Join(each(c.links, error(errPanicked), func(n node) error {
		_, err := guarded(context.Background(), n, func(context.Context, node) (struct{}, error) { return struct{}{}, n.Close() })
		return err
	})...)
}

// each asks every link at the same time and returns what they say, in order. The answer of a
// link that ends its goroutine is silence.
func each[T any](links []node, silence T, ask func(node) T) []T {
	// Each goroutine writes an element of its own, so they need no lock.
	answers := slices.Repeat([]T{silence}, len(links))
	var wg sync.WaitGroup
	for i, n := range links {
		wg.Go(func() { answers[i] = ask(n) })
	}
	wg.Wait()
	return answers
}

// asks is true if at least one link is asked. The links that are not asked are passed over.
func (c *composition) asks(name string) bool {
	return slices.ContainsFunc(c.links, func(n node) bool { return n.asks(name) })
}

// budget is the sum: in the worst case each link takes its whole time before the next is asked.
// It is at most longestTimeout, because batches get multiples of it, which would overflow.
func (c *composition) budget() time.Duration {
	var sum time.Duration
	for _, n := range c.links {
		sum = min(sum+n.budget(), longestTimeout)
	}
	return sum
}

// pace is the shortest ttl= of the links that are asked. If none has a ttl=, it is the shortest
// pace that their providers advise, but only if all of them do: one file among three clouds must
// not make us ask the clouds every two seconds.
func (c *composition) pace(name string) (pace time.Duration, fixed bool) {
	all := true
	for _, n := range c.links {
		if !n.asks(name) {
			continue
		}
		// What a user wrote (fixed) comes before what a provider advises. Of two of the same
		// kind, the shorter one wins.
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

// abandoned adds up the abandoned calls of all links. A name is the same name in each link.
func (c *composition) abandoned(name string) int {
	sum := 0
	for _, n := range c.links {
		sum += n.abandoned(name)
	}
	return sum
}

// drain waits for one link after the other. All calls go on meanwhile, so together they take no
// longer than the slowest.
func (c *composition) drain(ctx context.Context) int {
	sum := 0
	for _, n := range c.links {
		sum += n.drain(ctx)
	}
	return sum
}

func (c *composition) asksAll() bool {
	return slices.ContainsFunc(c.links, func(n node) bool { return n.asksAll() })
}
