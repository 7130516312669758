package secretmux

import (
	"context"
	"errors"
	"iter"
	"sync"
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
		case ValidateName(name) != nil || !l.policy.only.has(name) || !isBatch || l.apart.has(name):
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

// outageIn is what the results of a batch call say of the backend as a whole: it
// throttles if it says so for one name, and is down if it says so for all.
func outageIn(results []Result) error {
	var down error
	answered := false
	for _, r := range results {
		err := sound(r.Err)
		switch class := ClassOf(err); {
		case errors.Is(class, ErrThrottled):
			return err
		case errors.Is(class, ErrUnavailable) || class == nil && isContextError(err):
			down = err
		default:
			answered = true
		}
	}
	if answered {
		return nil
	}
	return down
}

// answers reports whether a read that ended with err shows that its name neither
// hangs nor spoils a batch.
func answers(err error) bool {
	class := ClassOf(err)
	return err == nil || class != nil &&
		!errors.Is(class, ErrUnavailable) && !errors.Is(class, ErrThrottled) && !errors.Is(class, ErrInvalid)
}

func (l *link) provesNothing(err error) bool {
	class := ClassOf(err)
	return l.inner == nil && (errors.Is(class, ErrNotFound) || errors.Is(class, ErrInvalid) || errors.Is(class, ErrDisabled) ||
		errors.Is(class, errors.ErrUnsupported))
}

func (l *link) finish(ctx context.Context, name string, r Result) Result {
	if r.Err == nil && r.Secret.IsZero() {
		r.Err = errNoAnswer
	}
	if r.Err = sound(r.Err); r.Err != nil {
		r.Err = l.timedOut(ctx, ctx, r.Err) // some batch calls tell each name that the time is over
		return Result{Name: name, Err: l.fail("get", name, r.Err)}
	}
	return Result{Name: name, Secret: l.stamp(name, r.Secret)}
}

func pick(names []string, indices []int) []string {
	picked := make([]string, len(indices))
	for n, i := range indices {
		picked[n] = names[i]
	}
	return picked
}

// List yields what the provider lists, without the names that only= leaves out.
// Each step has the link's timeout, so that the time that the caller takes
// doesn't count.
func (l *link) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		within, cancel := context.WithCancel(ctx)
		defer cancel()
		s := &steps{begin: func() iter.Seq2[Info, error] { return List(within, l.provider, prefix) }}
		defer s.close()
		for {
			step, err := bounded(ctx, l, listKey, func(ctx context.Context) (listStep, error) {
				defer context.AfterFunc(ctx, cancel)()
				return s.next(ctx)
			})
			switch {
			case err != nil:
				yield(Info{}, l.fail("list", "", err))
				return
			case !step.more:
				return
			case !l.policy.only.has(step.info.Name):
				continue
			}
			if step.info.Source == "" || l.inner == nil {
				step.info.Source = l.source
			}
			if !yield(step.info, nil) {
				return
			}
		}
	}
}

// steps pulls from a list one step at a time. A step that was abandoned may still
// be running when the list is closed; then the step closes it.
type steps struct {
	begin func() iter.Seq2[Info, error] // at the first step: the gate may not let one through
	pull  func() (Info, error, bool)
	stop  func()

	mu     sync.Mutex
	busy   bool
	closed bool
}

type listStep struct {
	info Info
	more bool
}

func (s *steps) next(ctx context.Context) (listStep, error) {
	s.mu.Lock()
	s.busy = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.busy = false; s.closed {
			s.stop()
		}
	}()
	if s.pull == nil {
		s.pull, s.stop = iter.Pull2(s.begin())
	}
	info, err, more := s.pull()
	if err == nil && !more {
		err = ctx.Err() // a list that was cut short would pass for the whole
	}
	return listStep{info, more}, err
}

func (s *steps) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed = true; !s.busy && s.stop != nil {
		s.stop()
	}
}
