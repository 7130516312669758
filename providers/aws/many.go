package aws

import (
	"context"
	"errors"
	"slices"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// These are the numbers of calls that GetMany makes at the same time. The default
// quotas are 100 batches a second of Secrets Manager, and 40 parameters a second of
// Parameter Store.
const (
	batchCalls  = 5
	singleCalls = 16
)

// GetMany reads names in batches. Each name has its own result, with the same errors
// as from Get. The package comment names the permission that it needs.
//
// Its error means that no batch was answered. It is the error of a whole call and
// holds for each name. If a whole call was refused with an error about a secret or
// about the request, it is ErrInvalid: it proves nothing about any single name, so
// the names must be read one at a time. If another batch was answered, GetMany has
// done that itself.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	results := make([]secretmux.Result, len(names))
	var valid []query
	for i, name := range names {
		results[i].Name = name
		id, err := p.service.ID(ctx, name)
		if err != nil {
			results[i].Err = p.fail("get", name, err)
			continue
		}
		valid = append(valid, query{id: id, result: &results[i]})
	}
	batches := make([]*batch, 0, len(valid))
	for some := range slices.Chunk(valid, p.service.Batch().Size) {
		batches = append(batches, &batch{asked: some})
	}
	session.Each(batchCalls, batches, func(b *batch) { p.ask(ctx, b) })
	if refused := unanswered(batches); refused != nil && len(valid) == len(names) {
		return nil, p.fail("get", "", refused)
	}
	for _, b := range batches {
		p.spread(b)
	}
	p.getRest(ctx, batches)
	return results, nil
}

// query is a name that is asked for, and the place for its outcome.
type query struct {
	id     string
	result *secretmux.Result
	done   bool
}

// batch is the list of names of one call.
type batch struct {
	asked   []query
	settled int   // how many names are in its answer
	refused error // of the call as a whole
	denied  bool  // as a whole, for one of its names or for the call itself
}

// unanswered returns why a batch was refused, if no batch was answered.
func unanswered(batches []*batch) (refused error) {
	for _, b := range batches {
		if b.settled > 0 {
			return nil
		}
		if refused == nil {
			refused = b.refused
		}
	}
	return refused
}

// ask makes the call of b, if that is permitted. It gives no result to the names that
// must be read one at a time.
func (p *Provider) ask(ctx context.Context, b *batch) {
	if len(b.asked) == 1 || p.recess.Lasts() {
		return
	}
	err := p.call(ctx, b)
	if err == nil {
		return
	}
	var f *session.CallError
	unknown := errors.As(err, &f) && f.Code == "UnknownOperationException"
	switch class, _ := classify(err); {
	case unknown, errors.Is(class, secretmux.ErrDenied) && !p.service.Batch().OneRefusesAll:
		p.recess.Begin()
	case errors.Is(class, secretmux.ErrDenied):
		b.denied = true
	default:
		b.refused = err
	}
}

// spread gives the error of a refused batch to its names, unless the error proves
// nothing about them.
func (p *Provider) spread(b *batch) {
	if class, _ := classify(b.refused); b.refused == nil || errors.Is(class, secretmux.ErrInvalid) {
		return
	}
	for i := range b.asked {
		b.asked[i].fail(p.fail("get", b.asked[i].result.Name, b.refused))
	}
}

// call makes the batch call of b and notes the outcomes that it brings.
func (p *Provider) call(ctx context.Context, b *batch) error {
	ids := make([]string, len(b.asked))
	for i, q := range b.asked {
		ids[i] = q.id
	}
	found, err := p.service.GetSome(ctx, ids)
	b.settled = len(found)
	for i := range b.asked {
		q := &b.asked[i]
		outcome, ok := found[q.id]
		switch {
		case !ok:
		case outcome.Err != nil:
			q.fail(p.fail("get", q.result.Name, outcome.Err))
		default:
			q.result.Secret, q.done = outcome.Secret, true
		}
	}
	return err
}

// fail gives q the outcome err, unless it has one.
func (q *query) fail(err error) {
	if !q.done {
		q.result.Err, q.done = err, true
	}
}

// getRest reads the names without an outcome, one at a time.
func (p *Provider) getRest(ctx context.Context, batches []*batch) {
	var rest []query
	for _, b := range batches {
		for _, q := range b.asked {
			if !q.done {
				rest = append(rest, q)
			}
		}
	}
	session.Each(singleCalls, rest, func(q query) { q.result.Secret, q.result.Err = p.Get(ctx, q.result.Name) })
	for _, b := range batches {
		if b.denied && !slices.ContainsFunc(b.asked, refusedSingly) {
			p.recess.Begin() // no single name is wrong, so the batch itself is
		}
	}
}

func refusedSingly(q query) bool {
	return q.result.Err != nil && !errors.Is(q.result.Err, secretmux.ErrNotFound)
}
