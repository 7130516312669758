package secretmux

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
)

// GetMany reads names from p. If p is a [ManyGetter], it makes one batch call,
// otherwise up to 16 concurrent Gets. It returns one Result for each name, in the
// order of names. A repeated name is read once. If p's batch call fails as a whole,
// GetMany returns that error and no results.
func GetMany(ctx context.Context, p Provider, names []string) ([]Result, error) {
	unique, index := distinct(names)
	var got []Result
	if m, ok := p.(ManyGetter); ok {
		var err error
		if got, err = getBatch(ctx, m, unique); err != nil {
			return nil, err
		}
	} else {
		got = collect(ctx, func(ctx context.Context, names []string, deliver func(int, Result)) {
			getEach(ctx, p.Get, names, deliver)
		}, unique)
	}
	return spread(got, names, index), nil
}

// distinct returns names without repetitions, and where each name is among them.
//
// A provider may count on unique names. And a name that comes twice must not cause two calls,
// because the second could bring another version.
func distinct(names []string) ([]string, map[string]int) {
	unique := make([]string, 0, len(names))
	index := make(map[string]int, len(names))
	for _, name := range names {
		if _, ok := index[name]; !ok {
			index[name] = len(unique)
			unique = append(unique, name)
		}
	}
	return unique, index
}

// spread returns a Result for each of names, repeated ones too.
//
// Name is set again, because a caller may rely on it, whatever a provider put there.
func spread(got []Result, names []string, index map[string]int) []Result {
	results := make([]Result, len(names))
	for i, name := range names {
		results[i] = got[index[name]]
		results[i].Name = name
	}
	return results
}

// collect gives the results of a stream in the order of names, which may repeat.
//
// A stream delivers from any goroutine. The slice needs no lock, because each index is delivered
// once and stream returns after the last one.
func collect(ctx context.Context, stream func(context.Context, []string, func(int, Result)), names []string) []Result {
	unique, index := distinct(names)
	got := make([]Result, len(unique))
	// Without names there is no call: some backends refuse an empty batch.
	if len(unique) > 0 {
		stream(ctx, unique, func(i int, r Result) { got[i] = r })
	}
	return spread(got, names, index)
}

// getBatch calls m and holds it to its contract: one result for each name, in
// order. One name's secret must never pass for another's.
func getBatch(ctx context.Context, m ManyGetter, names []string) ([]Result, error) {
	if len(names) == 0 {
		return nil, nil
	}
	results, err := m.GetMany(ctx, names)
	if err != nil {
		return nil, err
	}
	// All names are compared, in order: if a provider leaves out one absent name, all others
	// move by one place, and db/password would get the value of another name.
	if !slices.EqualFunc(results, names, func(r Result, name string) bool { return r.Name == name }) {
		return nil, &Error{
			Op: "get", Class: ErrCorrupt, Err: errors.New("the provider did not answer each name once, in order"),
			Hint: "its GetMany has a mistake",
		}
	}
	return results, nil
}

// getEach reads names one by one, several at a time.
func getEach(
	ctx context.Context, get func(context.Context, string) (Secret, error), names []string, deliver func(int, Result),
) {
	// One name needs no goroutine of its own: the caller waits for it anyway.
	if len(names) == 1 {
		secret, err := guarded(ctx, names[0], get)
		deliver(0, Result{Name: names[0], Secret: secret, Err: err})
		return
	}
	slots := make(chan struct{}, fanOut)
	var wg sync.WaitGroup
	for i, name := range names {
		// The slot is taken before the goroutine begins. A thousand names are then 16
		// goroutines, not a thousand that wait.
		slots <- struct{}{}
		wg.Go(func() {
			r := Result{Name: name, Err: errPanicked} // it stays if get ends this goroutine
			defer func() {
				deliver(i, r)
				<-slots
			}()
			secret, err := guarded(ctx, name, get)
			r = Result{Name: name, Secret: secret, Err: err}
		})
	}
	wg.Wait()
}

// fanOut is how many Gets run at a time if a provider has no batch call.
const fanOut = 16

// guarded turns a panic of a provider into an error: the provider runs in our goroutines, where
// nobody else could recover. The panic's value is left out, as it may quote a secret.
//
// The link recovers as well, in the goroutine of the call. This function is for providers that
// are asked without a link, and for what a store does around a link.
func guarded[I, O any](ctx context.Context, in I, f func(context.Context, I) (O, error)) (out O, err error) {
	defer func() {
		if recover() != nil {
			var zero O
			out, err = zero, errPanicked
		}
	}()
	return f(ctx, in)
}

// GetMany asks the first link for all names, and each next one for those that are
// still open: one batch a link. The error is never set.
//
// If a batch call fails as a whole, the link turns that into an error for each name: some names
// may still come from the next link.
func (c *composition) GetMany(ctx context.Context, names []string) ([]Result, error) {
	return collect(ctx, c.stream, names), nil
}

// stream is walk for a batch: each link is asked once, for what is still open.
func (c *composition) stream(ctx context.Context, names []string, deliver func(int, Result)) {
	// Names are known by their index, so that no map has to be built for each link. open holds,
	// in order, the indices that no link has answered yet.
	attempts := make([][]Attempt, len(names))
	open := make([]int, len(names))
	for i := range open {
		open[i] = i
	}
	// These are the steps of walk, for all open names at once.
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
	// An answer goes to its reader at once. It does not wait for the slowest name of
	// the batch, or for the links after this one.
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
	// Results come in any order. They are sorted so that the next link gets the names in the
	// caller's order, and so that a test can predict the batch.
	slices.Sort(still)
	return still
}

// List yields the names of the links: of all in a Chain, and in Replicas each name
// from the first replica that is asked for it and can be reached.
func (c *composition) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	if c.rule.overlay {
		return c.listOverlay(ctx, prefix)
	}
	return c.listReplicas(ctx, prefix)
}

// listOverlay yields the names of all links, each name once, from the first link that has it. A
// link that can't list ends it with an error: a list with holes would be taken for the whole.
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

// listReplicas yields the names of the first replica that can be reached. The names
// that its only= leaves out come from the next ones. The list ends with an error if a
// replica fails after its first name, or if a replica that is still needed can't be
// reached.
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

// listReplica lists one replica, without the names that one of the replicas in before is asked
// for. If it fails before its first name in a way that lets the next replica be asked, it
// returns the error and does not yield it. more says that the caller wants further names.
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
