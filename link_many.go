package secretmux

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/secretmux/secretmux/internal/stepwise"
)

// GetMany reads names. See [ManyGetter]. The error is never set.
func (l *link) GetMany(ctx context.Context, names []string) ([]Result, error) {
	return collect(ctx, l.stream, names), nil
}

// stream reads names in one batch where the provider has a batch call. Some are
// read singly all the same: see apart.
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
	var wg sync.WaitGroup
	if len(together) > 0 && len(alone) > 0 {
		wg.Go(func() { l.streamBatch(ctx, batch, names, together, deliver) })
	} else if len(together) > 0 {
		l.streamBatch(ctx, batch, names, together, deliver)
	}
	l.streamEach(ctx, names, alone, deliver)
	wg.Wait()
}

func (l *link) streamEach(ctx context.Context, names []string, indices []int, deliver func(int, Result)) {
	if len(indices) == 0 {
		return
	}
	getEach(ctx, l.Get, pick(names, indices), func(k int, r Result) { deliver(indices[k], r) })
}

// streamBatch reads the names at indices with one call.
//
// An error of the call as a whole holds for each name, with two exceptions, after
// which they are read singly. Where it would mean that a secret is absent or
// invalid, it proves nothing about any one of them: one bad name makes some
// backends refuse all. And when the call had to be abandoned, one name that
// hangs must not hold up the others again.
func (l *link) streamBatch(ctx context.Context, batch ManyGetter, names []string, indices []int, deliver func(int, Result)) {
	picked := pick(names, indices)
	results, took, err := try(ctx, l, attempt{key: batchKey}, oneBatch(batch, picked))
	second := l.triesAgain(ctx, err, took) && l.pauseForSecond(ctx)
	if second {
		results, _, err = try(ctx, l, attempt{key: batchKey, second: true}, oneBatch(batch, picked))
	}
	var refused notCalledError
	switch {
	case results != nil:
		var failed []int
		for k, i := range indices {
			if !second && err == nil && l.triesAgain(ctx, sound(results[k].Err), took) {
				failed = append(failed, k)
				continue
			}
			deliver(i, l.finish(ctx, names[i], results[k]))
		}
		l.streamFailed(ctx, batch, results, failed, func(k int, r Result) { deliver(indices[k], l.finish(ctx, picked[k], r)) })
	case errors.As(err, &refused): // other names hang in a batch
		getEach(ctx, l.Get, picked, func(k int, r Result) { deliver(indices[k], r) })
	case l.provesNothing(err):
		getEach(ctx, l.Get, picked, func(k int, r Result) {
			if errors.Is(ClassOf(r.Err), ErrInvalid) {
				l.apart.add(r.Name, apartFor)
			}
			deliver(indices[k], r)
		})
	default:
		if errors.Is(err, errAbandoned) {
			for _, name := range picked {
				l.apart.add(name, 0)
			}
		}
		for _, i := range indices {
			deliver(i, Result{Name: names[i], Err: l.fail("get", names[i], err)})
		}
	}
}

func oneBatch(batch ManyGetter, names []string) func(context.Context) ([]Result, error) {
	return func(ctx context.Context) ([]Result, error) {
		results, err := getBatch(ctx, batch, names)
		if err == nil {
			err = outageIn(results) // the names keep their own answers
		}
		return results, err
	}
}

// streamFailed is the second try for those names of a batch that failed for the moment
// while the others were answered. The names are those of results at the indices
// failed.
func (l *link) streamFailed(ctx context.Context, batch ManyGetter, results []Result, failed []int, deliver func(k int, r Result)) {
	if len(failed) == 0 {
		return
	}
	names := make([]string, len(failed))
	for n, k := range failed {
		names[n] = results[k].Name
	}
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

// apart holds the names that are left out of batches: for a time, or until they
// were answered once.
type apart struct {
	mu    sync.Mutex
	until map[string]time.Time // zero: until an answer
}

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
	if _, known := a.until[name]; !known && len(a.until) >= maxApart {
		return
	}
	until := time.Time{}
	if d > 0 {
		until = time.Now().Add(d)
	}
	a.until[name] = until
}

// rejoin lets a name that was answered take part in batches again.
func (a *apart) rejoin(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.until, name)
}

// List yields what the provider lists, without the names that only= leaves out.
// Each step has the link's timeout, so that the time that the caller takes
// doesn't count.
func (l *link) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		within, cancel := context.WithCancel(ctx)
		defer cancel()
		steps := stepwise.New(func() iter.Seq2[Info, error] { return List(within, l.provider, prefix) })
		defer steps.Close()
		for {
			step, err := bounded(ctx, l, listKey, func(ctx context.Context) (stepwise.Step[Info], error) {
				defer context.AfterFunc(ctx, cancel)()
				return steps.Next(ctx)
			})
			switch {
			case err != nil:
				yield(Info{}, l.fail("list", "", err))
				return
			case !step.More:
				return
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
