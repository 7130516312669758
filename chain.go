package secretmux

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"
)

// Chain is an overlay: the first of its links that has a secret answers. It goes
// on to the next link only after ErrNotFound, or after a class that the link
// names with [ContinueOn] or on=. A link that is denied, disabled, throttled or
// unreachable stops it: a revoked role must not turn into last year's value from
// a weaker source.
//
// When all links are passed, the error is ErrNotFound if each said so, and else
// of the class of the first that did not. With more than one link it wraps an
// *[AttemptsError] that tells each link's outcome. A Chain remembers nothing between calls. It is safe for
// concurrent use if its links are.
type Chain struct {
	links []Provider
	err   error // what every call returns when the Chain was made of nothing
}

// NewChain returns a Chain of p in order. Calls on a Chain of no links or with a
// nil link fail with ErrInvalid. Each link gets [DefaultTimeout] for a call
// unless it was opened with its own.
func NewChain(p ...Provider) *Chain {
	links, err := asLinks("chain", p)
	return &Chain{links: links, err: err}
}

var (
	_ ManyGetter    = (*Chain)(nil)
	_ VersionGetter = (*Chain)(nil)
	_ Lister        = (*Chain)(nil)
	_ Checker       = (*Chain)(nil)
)

// asLinks copies the slice, so that the caller's stays the caller's.
func asLinks(op string, providers []Provider) ([]Provider, error) {
	if len(providers) == 0 {
		return nil, invalid(op, "there are no links", "give at least one provider")
	}
	links := make([]Provider, 0, len(providers))
	for _, p := range providers {
		if isNil(p) {
			return nil, invalid(op, "a link is nil", "leave out the provider that could not be made")
		}
		links = append(links, asLink(p, 0))
	}
	return links, nil
}

// String joins the links' redacted URIs with commas.
func (c *Chain) String() string { return joinSources(c.links, ",") }

func joinSources(links []Provider, separator string) string {
	sources := make([]string, len(links))
	for i, l := range links {
		sources[i] = sourceOf(l)
	}
	return strings.Join(sources, separator)
}

// Get returns the secret from the first link that has it.
func (c *Chain) Get(ctx context.Context, name string) (Secret, error) {
	return walk(ctx, c.err, "get", name, c.links, passesChain, func(p Provider) (Secret, error) {
		return p.Get(ctx, name)
	})
}

// GetVersion returns a version from the first link that has the secret. A link
// that has the secret but not the version, or no versions, stops the chain: the
// next link's version of that id would be another secret's.
func (c *Chain) GetVersion(ctx context.Context, name, version string) (Secret, error) {
	return walk(ctx, c.err, "get version", name, c.links, passesChain, func(p Provider) (Secret, error) {
		return versionOf(ctx, p, name, version)
	})
}

// versionOf is GetVersion of one link. It tells a missing version, which stops a
// chain, from a missing secret, which does not.
func versionOf(ctx context.Context, p Provider, name, version string) (Secret, error) {
	secret, err := GetVersion(ctx, p, name, version)
	if class := ClassOf(err); errors.Is(class, ErrNotFound) || errors.Is(class, errors.ErrUnsupported) {
		if _, absent := p.Get(ctx, name); absent != nil {
			return Secret{}, absent
		}
		return Secret{}, stopHere(err)
	}
	return secret, err
}

// GetMany asks the first link for all names, and each next one for those still
// absent: one batch a link.
func (c *Chain) GetMany(ctx context.Context, names []string) ([]Result, error) {
	return walkMany(ctx, c.err, names, c.links, passesChain)
}

// passesChain reports whether a chain goes on after err.
func passesChain(err error) bool {
	return !stops(err) && (errors.Is(ClassOf(err), ErrNotFound) || passed(err))
}

// List yields the names of all links, each name once, from the first link that
// has it. A link that can't list ends it with an error: a list with holes would
// pass for the whole.
func (c *Chain) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if c.err != nil {
			yield(Info{}, c.err)
			return
		}
		seen := map[string]bool{}
		for _, l := range c.links {
			for info, err := range List(ctx, l, prefix) {
				if err == nil && seen[info.Name] {
					continue
				}
				seen[info.Name] = true
				if !yield(info, err) || err != nil {
					return
				}
			}
		}
	}
}

// Check checks every link and joins what fails.
func (c *Chain) Check(ctx context.Context) error { return checkAll(ctx, c.err, c.links) }

// Close closes every link and joins what fails.
func (c *Chain) Close() error { return closeAll(c.links) }

func checkAll(ctx context.Context, err error, links []Provider) error {
	errs := []error{err}
	for _, l := range links {
		errs = append(errs, Check(ctx, l))
	}
	return errors.Join(errs...)
}

func closeAll(links []Provider) error {
	errs := make([]error, 0, len(links))
	for _, l := range links {
		errs = append(errs, Close(l))
	}
	return errors.Join(errs...)
}

// budget is how long one Get through p may take at most.
func budget(p Provider) time.Duration {
	var links []Provider
	switch p := p.(type) {
	case *link:
		return p.policy.timeout
	case *Store:
		return p.timeout
	case *Chain:
		links = p.links
	case *Replicas:
		links = p.links
	default:
		return DefaultTimeout
	}
	var sum time.Duration
	for _, l := range links {
		sum += budget(l)
	}
	return sum
}
