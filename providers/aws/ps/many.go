package ps

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

const (
	batchSize  = 10 // the most that GetParameters takes
	batchCalls = 5  // at a time; the default quota is 40 parameters a second
)

// GetMany reads names 10 a call. Each name has its own outcome, as from Get. See
// the package comment for the permission that it needs.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	results := make([]secretmux.Result, len(names))
	var valid []query
	for i, name := range names {
		results[i].Name = name
		id, err := p.id(ctx, name)
		if err != nil {
			results[i].Err = p.classify(ctx, "get", name, err)
			continue
		}
		valid = append(valid, query{id: id, result: &results[i]})
	}
	session.Each(batchCalls, slices.Collect(slices.Chunk(valid, batchSize)), func(some []query) { p.getSome(ctx, some) })
	return results, nil
}

// query is a name that is asked for and where its outcome goes.
type query struct {
	id     string
	result *secretmux.Result
}

// getSome reads up to 10, in one call if that is permitted.
func (p *Provider) getSome(ctx context.Context, some []query) {
	if len(some) == 1 || p.batch.Lasts() {
		p.getEach(ctx, some)
		return
	}
	err := p.getBatch(ctx, some)
	if err == nil {
		return
	}
	switch f := failure(ctx, opBatch, err); {
	case errors.Is(f.Class, secretmux.ErrDenied), errors.Is(f.Class, secretmux.ErrInvalid) && f.Code != "":
		if p.getEach(ctx, some) {
			p.batch.Begin() // none is to blame, so the batch is
		}
	default:
		for _, q := range some {
			q.result.Err = p.classify(ctx, opBatch, q.result.Name, err)
		}
	}
}

// getEach reads each alone and reports whether none was refused.
func (p *Provider) getEach(ctx context.Context, some []query) bool {
	session.Each(batchCalls, some, func(q query) { q.result.Secret, q.result.Err = p.Get(ctx, q.result.Name) })
	return !slices.ContainsFunc(some, func(q query) bool {
		return q.result.Err != nil && !errors.Is(q.result.Err, secretmux.ErrNotFound)
	})
}

// getBatch makes the call. What the answer has no value of is read singly, the
// InvalidParameters with it: these are absent, or "aren't formatted correctly or
// don't run", as the service's reference has it.
func (p *Provider) getBatch(ctx context.Context, some []query) error {
	in := ssm.GetParametersInput{WithDecryption: aws.Bool(true)}
	for _, q := range some {
		in.Names = append(in.Names, q.id)
	}
	out, err := session.Call(ctx, p.session, (*ssm.Client).GetParameters, &in)
	if err != nil {
		return err
	}
	if out.Parameters == nil && out.InvalidParameters == nil {
		return errNoList
	}
	p.getEach(ctx, slices.DeleteFunc(slices.Clone(some), func(q query) bool { return p.settle(ctx, q, out) }))
	return nil
}

// settle looks up q in an answer and reports whether it is there.
func (p *Provider) settle(ctx context.Context, q query, out *ssm.GetParametersOutput) bool {
	for i := range out.Parameters {
		if !answers(q.id, out.Parameters[i].Name, out.Parameters[i].ARN) {
			continue
		}
		secret, err := p.secret(&out.Parameters[i])
		if err != nil {
			err = p.classify(ctx, opBatch, q.result.Name, err)
		}
		q.result.Secret, q.result.Err = secret, err
		return true
	}
	return false
}
