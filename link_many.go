package secretmux

import (
	"context"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux/internal/stepwise"
)

// GetMany reads names. See [ManyGetter]. The error is never set.
func (l *link) GetMany(ctx context.Context, names []string) ([]Result, error) {
	return collect(ctx, l.stream, names), nil
}

// stream reads names in one batch if the provider has a batch call. Some names are read singly
// even then: see apart.
//
// However a name is read, its result is delivered once, as soon as it is known.
func (l *link) stream(ctx context.Context, names []string, deliver func(int, Result)) {
	batch, isBatch := l.provider.(ManyGetter)
	var together, alone []int
	for i, name := range names {
		switch {
		case ValidateName(name) != nil || !l.policy.only.Has(name) || !isBatch || l.apart.has(name):
			alone = append(alone, i)
		default:
			together = append(together, i)
		}
	}
	if len(together) == 1 { // a batch call may need a permission of its own
		alone, together = append(alone, together...), nil
	}
	// Both ways run side by side: a name that hangs, and is read singly because of
	// that, must not keep the batch waiting, or the other way round.
	var wg sync.WaitGroup
	if len(together) > 0 && len(alone) > 0 {
		wg.Go(func() { l.streamBatch(ctx, batch, names, together, deliver) })
	} else if len(together) > 0 {
		l.streamBatch(ctx, batch, names, together, deliver)
	}
	l.streamEach(ctx, names, alone, deliver)
	wg.Wait()
}

// streamEach reads names singly, each with a timeout, a second try and a place in the
// gate of its own.
func (l *link) streamEach(ctx context.Context, names []string, indices []int, deliver func(int, Result)) {
	if len(indices) == 0 {
		return
	}
	getEach(ctx, l.Get, pick(names, indices), func(k int, r Result) { deliver(indices[k], r) })
}

// streamBatch reads the names at indices with one call.
//
// An error of the call as a whole holds for each name, with two exceptions, after which the
// names are read singly. If the error would mean that a secret is absent or invalid, it proves
// nothing about any one name: some backends refuse all names because of a bad one. And if the
// call was abandoned, the name that hangs must not hold up the others again.
func (l *link) streamBatch(ctx context.Context, batch ManyGetter, names []string, indices []int, deliver func(int, Result)) {
	picked := pick(names, indices)
	// The second try of a batch is written out here instead of by twice, as a batch may
	// fail as a whole or in part, and has one second try in either case.
	results, took, err := try(ctx, l, attempt{key: batchKey}, oneBatch(batch, picked))
	second := l.triesAgain(ctx, err, took) && l.pauseForSecond(ctx)
	if second {
		results, _, err = try(ctx, l, attempt{key: batchKey, second: true}, oneBatch(batch, picked))
	}
	var refused notCalledError
	switch {
	// The batch was answered. An error beside the results is only for the gate, and each name
	// has its own answer.
	case results != nil:
		var failed []int
		for k, i := range indices {
			// Names that fail while others are answered have a second try together,
			// unless the batch has had one.
			if !second && err == nil && l.triesAgain(ctx, sound(results[k].Err), took) {
				failed = append(failed, k)
				continue
			}
			deliver(i, l.finish(ctx, names[i], results[k]))
		}
		l.streamFailed(ctx, batch, results, failed, func(k int, r Result) { deliver(indices[k], l.finish(ctx, picked[k], r)) })
	// The call was not made, so nothing is known of these names, and each may be read by itself.
	case errors.As(err, &refused): // other names hang in a batch
		getEach(ctx, l.Get, picked, func(k int, r Result) { deliver(indices[k], r) })
	// Each name is read singly, which shows what is wrong with it. A name that is invalid then
	// stays out of batches. Otherwise it would spoil the next batch again, and each refresh of
	// the others would cost a call for each name.
	case l.provesNothing(err):
		getEach(ctx, l.Get, picked, func(k int, r Result) {
			if errors.Is(ClassOf(r.Err), ErrInvalid) {
				l.apart.add(r.Name, apartFor)
			}
			deliver(indices[k], r)
		})
	default:
		if errors.Is(err, errAbandoned) {
			// Nobody knows which of the names hangs. So each is read singly until it answers: a
			// batch with the one that hangs would be lost again, and would hold up the others
			// for a timeout each time.
			for _, name := range picked {
				l.apart.add(name, 0)
			}
		}
		for _, i := range indices {
			deliver(i, Result{Name: names[i], Err: l.fail("get", names[i], err)})
		}
	}
}

// oneBatch is the batch call in the form that try needs. If there are results, the error beside
// them is only for the gate.
func oneBatch(batch ManyGetter, names []string) func(context.Context) ([]Result, error) {
	return func(ctx context.Context) ([]Result, error) {
		results, err := getBatch(ctx, batch, names)
		if err == nil {
			err = outageIn(results) // the names keep their own answers
		}
		return results, err
	}
}

// streamFailed is the second try for those names of a batch that failed for the moment while the
// others were answered. failed are the indices of their results.
func (l *link) streamFailed(ctx context.Context, batch ManyGetter, results []Result, failed []int, deliver func(k int, r Result)) {
	if len(failed) == 0 {
		return
	}
	names := make([]string, len(failed))
	for n, k := range failed {
		names[n] = results[k].Name
	}
	// If the pause is cut short or the second batch fails as a whole, the first answers hold:
	// they say more than the error of a gate that has closed.
	var again []Result
	if l.pauseForSecond(ctx) {
		again, _, _ = try(ctx, l, attempt{key: batchKey, second: true}, oneBatch(batch, names))
	}
	for n, k := range failed {
		if again == nil {
			deliver(k, results[k])
		} else {
			deliver(k, again[n])
		}
	}
}

// pick returns the names at indices.
func pick(names []string, indices []int) []string {
	picked := make([]string, len(indices))
	for n, i := range indices {
		picked[n] = names[i]
	}
	return picked
}

// apartFor is how long a name that is invalid when it is read singly stays out of
// batches.
const apartFor = 10 * time.Minute

// maxApart bounds the memory for names that are read singly.
const maxApart = 1 << 14

// apart holds the names that are left out of batches, either for a time or until they have been
// answered once.
//
// Neither is for ever: a name may become valid, and a mount that hung may come back. A name that
// is left out costs a call of its own each time.
type apart struct {
	mu    sync.Mutex
	until map[string]time.Time // zero: until an answer
	some  atomic.Bool          // there was such a name: each read asks this, and needs no lock for it
}

// has forgets a name whose time is over, so that the next batch tries it again.
func (a *apart) has(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	until, ok := a.until[name]
	if ok && !until.IsZero() && time.Now().After(until) {
		delete(a.until, name)
		return false
	}
	return ok
}

// add leaves name out of batches for d; zero is until an answer.
func (a *apart) add(name string, d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.until == nil {
		a.until = make(map[string]time.Time)
	}
	// Names come from callers. Above the bound a name stays in batches, which costs calls but is
	// not wrong.
	if _, known := a.until[name]; !known && len(a.until) >= maxApart {
		return
	}
	until := time.Time{}
	if d > 0 {
		until = time.Now().Add(d)
	}
	a.until[name] = until
	a.some.Store(true)
}

// rejoin lets a name that was answered take part in batches again.
func (a *apart) rejoin(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.until, name)
}

// List yields what the provider lists, without the names that only= leaves out. The timeout is
// for each step, so that the time that the caller takes doesn't count.
func (l *link) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		// The list lives as long as the caller's loop, and a step at most as long as the
		// timeout. So each has a context of its own. A step that runs into its timeout ends the
		// list, and the end of the loop ends the context of a step that was left behind.
		within, cancel := context.WithCancel(ctx)
		defer cancel()
		steps := stepwise.New(func() iter.Seq2[Info, error] { return List(within, l.provider, prefix) })
		defer steps.Close()
		for {
			step, err := bounded(ctx, l, listKey, func(ctx context.Context) (stepwise.Step[Info], error) {
				// The provider knows only the context of the list. The end of the step
				// has to reach it too.
				defer context.AfterFunc(ctx, cancel)()
				return steps.Next(ctx)
			})
			switch {
			case err != nil:
				yield(Info{}, l.fail("list", "", err))
				return
			case !step.More:
				return
			// A name that a read would not ask for here must not be listed from here.
			case !l.policy.only.Has(step.Value.Name):
				continue
			}
			info := step.Value
			if info.Source == "" || l.inner == nil {
				info.Source = l.source
			}
			if !yield(info, nil) {
				return
			}
		}
	}
}
