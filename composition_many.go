package secretmux

import (
	"context"
	"slices"
	"sync"
)

// GetMany asks the first link for all names, and each next one for those that are
// still open: one batch a link. The error is never set.
func (c *composition) GetMany(ctx context.Context, names []string) ([]Result, error) {
	return collect(ctx, c.stream, names), nil
}

// stream is walk for a batch: each link is asked once, for what is still open.
func (c *composition) stream(ctx context.Context, names []string, deliver func(int, Result)) {
	attempts := make([][]Attempt, len(names))
	open := make([]int, len(names))
	for i := range open {
		open[i] = i
	}
	for k, n := range c.links {
		if k > 0 && ctx.Err() != nil {
			for _, i := range open {
				deliver(i, Result{Name: names[i], Err: interrupted(ctx, "get", names[i])})
			}
			return
		}
		open = c.streamLink(ctx, n, names, open, attempts, deliver)
		if len(open) == 0 {
			return
		}
	}
	for _, i := range open {
		deliver(i, Result{Name: names[i], Err: c.exhausted("get", names[i], attempts[i])})
	}
}

// streamLink asks one link for the open names, which are indices, and returns
// those that are still open afterwards.
func (c *composition) streamLink(
	ctx context.Context, n node, names []string, open []int, attempts [][]Attempt, deliver func(int, Result),
) (still []int) {
	var (
		mu     sync.Mutex // results come from any goroutine
		asked  []int
		picked []string
	)
	for _, i := range open {
		if n.asks(names[i]) {
			asked, picked = append(asked, i), append(picked, names[i])
		} else {
			still = append(still, i)
		}
	}
	if len(asked) == 0 {
		return still
	}
	n.stream(c.within(ctx, n, picked), picked, func(k int, r Result) {
		i := asked[k]
		if r.Err == nil || !c.passes(n, r.Err) {
			deliver(i, r)
			return
		}
		a := c.attempt(ctx, n, names[i], r.Err)
		mu.Lock()
		defer mu.Unlock()
		attempts[i] = append(attempts[i], a)
		still = append(still, i)
	})
	slices.Sort(still)
	return still
}
