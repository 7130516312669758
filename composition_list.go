package secretmux

import (
	"context"
	"iter"
	"slices"
)

// List yields the names of the links: of all in a Chain, and in Replicas each name
// from the first replica that is asked for it and can be reached.
func (c *composition) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	if c.rule.overlay {
		return c.listOverlay(ctx, prefix)
	}
	return c.listReplicas(ctx, prefix)
}

// listOverlay yields the names of all links, each name once, from the first link
// that has it. A link that can't list ends it with an error: a list with holes
// would pass for the whole.
func (c *composition) listOverlay(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		seen := map[string]bool{}
		for _, n := range c.links {
			for info, err := range n.List(ctx, prefix) {
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

// listReplicas yields the names of the first replica that can be reached. Where
// only= keeps that one from being asked for some names, those come from the next
// ones. A replica that fails after its first name ends the list with the error, and
// so do names that no replica which could be reached is asked for.
func (c *composition) listReplicas(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		var (
			attempts []Attempt
			listed   []node
		)
		for i, n := range c.links {
			if i > 0 && ctx.Err() != nil {
				yield(Info{}, interrupted(ctx, "list", ""))
				return
			}
			more, err := c.listReplica(ctx, n, prefix, listed, yield)
			switch {
			case err != nil:
				attempts = append(attempts, Attempt{Source: n.String(), Err: err, link: n})
				continue
			case !more || n.asksAll():
				return
			}
			listed = append(listed, n)
		}
		if len(attempts) > 0 {
			yield(Info{}, c.exhausted("list", "", attempts))
		}
	}
}

// listReplica lists one replica, without the names that one of before is asked for.
// It returns an error, which it did not yield, when the next replica may be asked:
// before the first name. more says that the caller wants further names.
func (c *composition) listReplica(
	ctx context.Context, n node, prefix string, before []node, yield func(Info, error) bool,
) (more bool, err error) {
	begun := false
	for info, err := range n.List(ctx, prefix) {
		if err != nil && !begun && c.passes(n, err) {
			return true, err
		}
		if err == nil && slices.ContainsFunc(before, func(b node) bool { return b.asks(info.Name) }) {
			continue
		}
		begun = true
		if !yield(info, err) || err != nil {
			return false, nil
		}
	}
	return true, nil
}

func (c *composition) asksAll() bool {
	return slices.ContainsFunc(c.links, func(n node) bool { return n.asksAll() })
}
