package secretmux

import (
	"context"
	"errors"
	"iter"
	"time"
)

func (l *link) GetMany(ctx context.Context, names []string) ([]Result, error) {
	batch := batchOf(l.provider)
	if batch == nil {
		return getEach(ctx, l.Get, names), nil
	}
	results := make([]Result, len(names))
	asked := make([]int, 0, len(names)) // the indices of valid names
	valid := make([]string, 0, len(names))
	for i, name := range names {
		results[i] = Result{Name: name, Err: ValidateName(name)}
		if results[i].Err == nil {
			asked, valid = append(asked, i), append(valid, name)
		}
	}
	got, err := l.getBatch(ctx, batch, valid)
	for n, i := range asked {
		if err != nil {
			results[i].Err = l.fail(ctx, ctx, "get", names[i], err)
			continue
		}
		results[i] = l.finish(ctx, names[i], got[n])
	}
	return results, nil
}

func (l *link) getBatch(ctx context.Context, batch batchFunc, names []string) ([]Result, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var got []Result
	err := l.call(ctx, "get", "", func(ctx context.Context) error {
		results, err := batch.get(ctx, names)
		got = results
		for _, r := range results {
			if errors.Is(ClassOf(r.Err), ErrThrottled) {
				return r.Err // for the throttle; the other names keep their answers
			}
		}
		return err
	})
	if got != nil {
		return got, nil
	}
	return nil, err
}

func (l *link) finish(ctx context.Context, name string, r Result) Result {
	if r.Err == nil && r.Secret.IsZero() {
		r.Err = errNoAnswer
	}
	if r.Err != nil {
		return Result{Name: name, Err: l.fail(ctx, ctx, "get", name, r.Err)}
	}
	return Result{Name: name, Secret: l.stamp(r.Secret)}
}

func (l *link) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		fail := func(within context.Context, err error) { yield(Info{}, l.fail(ctx, within, "list", "", err)) }
		if err := l.throttle.wait(); err != nil {
			fail(ctx, err)
			return
		}
		within, cancel := context.WithCancel(ctx)
		defer cancel()
		// The timeout is for each step: the time that the caller takes doesn't count.
		timer := time.AfterFunc(l.policy.timeout, cancel)
		defer timer.Stop()
		for info, err := range List(within, l.provider, prefix) {
			timer.Stop()
			if err != nil {
				l.throttle.observe(err)
				fail(within, err)
				return
			}
			if info.Source == "" || !composite(l.provider) {
				info.Source = l.source
			}
			if !yield(info, nil) {
				return
			}
			timer.Reset(l.policy.timeout)
		}
		if err := within.Err(); err != nil { // a list cut short would pass for the whole
			fail(within, err)
		}
	}
}
