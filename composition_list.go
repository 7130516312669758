package secretmux

import (
	"context"
	"iter"
)

// List yields the names of the links: of all in a Chain, of the first that can be
// reached in Replicas.
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

// listReplicas yields the names of the first replica that can be reached. A
// replica that fails after its first name ends the list with the error.
func (c *composition) listReplicas(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		var attempts []Attempt
		for i, n := range c.links {
			if i > 0 && ctx.Err() != nil {
				yield(Info{}, interrupted(ctx, "list", ""))
				return
			}
			err := c.listReplica(ctx, n, prefix, yield)
			if err == nil {
				return
			}
			attempts = append(attempts, Attempt{Source: n.String(), Err: err, link: n})
		}
		yield(Info{}, c.exhausted("list", "", attempts))
	}
}

// listReplica lists one replica. It returns an error, which it did not yield,
// when the next replica may be asked: before the first name.
func (c *composition) listReplica(ctx context.Context, n node, prefix string, yield func(Info, error) bool) error {
	begun := false
	for info, err := range n.List(ctx, prefix) {
		if err != nil && !begun && c.passes(n, err) {
			return err
		}
		begun = true
		if !yield(info, err) || err != nil {
			return nil
		}
	}
	return nil
}
