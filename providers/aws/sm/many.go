package sm

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

const (
	batchSize  = 20 // the most that BatchGetSecretValue takes
	batchCalls = 5  // at a time; the quota of the call is 100 a second
	maxPages   = batchSize
)

// GetMany reads names 20 a call. Each name has its own outcome, as from Get. See
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

// getSome reads up to 20, in one call if that is permitted.
func (p *Provider) getSome(ctx context.Context, some []query) {
	if len(some) == 1 || p.batch.Lasts() {
		p.getEach(ctx, some)
		return
	}
	open, err := p.getBatch(ctx, some)
	if err == nil {
		p.getEach(ctx, open) // what no page mentions
		return
	}
	f := failure(ctx, opBatch, err)
	if errors.Is(f.Class, secretmux.ErrDenied) || f.Code == "UnknownOperationException" {
		p.batch.Begin()
		p.getEach(ctx, open)
		return
	}
	for _, q := range open {
		q.result.Err = p.classify(ctx, opBatch, q.result.Name, err)
	}
}

func (p *Provider) getEach(ctx context.Context, some []query) {
	session.Each(batchCalls, some, func(q query) { q.result.Secret, q.result.Err = p.Get(ctx, q.result.Name) })
}

// getBatch makes the call, page by page, and returns what no page mentions.
func (p *Provider) getBatch(ctx context.Context, some []query) (open []query, err error) {
	in := secretsmanager.BatchGetSecretValueInput{}
	for _, q := range some {
		in.SecretIdList = append(in.SecretIdList, q.id)
	}
	open = slices.Clone(some)
	for range maxPages {
		out, err := session.Call(ctx, p.session, (*secretsmanager.Client).BatchGetSecretValue, &in)
		if err != nil {
			return open, err
		}
		if out.SecretValues == nil && out.Errors == nil {
			return open, errNoList
		}
		open = slices.DeleteFunc(open, func(q query) bool { return p.settle(ctx, q, out) })
		if out.NextToken == nil || *out.NextToken == "" {
			return open, nil
		}
		in.NextToken = out.NextToken
	}
	return open, errEndless
}

// settle looks up q in a page and reports whether it is there.
func (p *Provider) settle(ctx context.Context, q query, page *secretsmanager.BatchGetSecretValueOutput) bool {
	for _, v := range page.SecretValues {
		if !answers(q.id, v.Name, v.ARN) {
			continue
		}
		secret, err := p.secret(v.SecretString, v.SecretBinary, v.VersionId, nil)
		if err != nil {
			err = p.classify(ctx, opBatch, q.result.Name, err)
		}
		q.result.Secret, q.result.Err = secret, err
		return true
	}
	for _, e := range page.Errors {
		if e.SecretId != nil && *e.SecretId == q.id {
			q.result.Err = p.classify(ctx, "get", q.result.Name, asError(e))
			return true
		}
	}
	return false
}
