package sm

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// batchSize is the largest number of names that BatchGetSecretValue accepts.
const batchSize = 20

// Batch describes the batch call. A refused secret does not affect the others.
func (s *Service) Batch() session.Batch { return session.Batch{Size: batchSize} }

// GetSome makes the batch call, page by page. It returns the outcomes of all
// pages that arrived, by id, even if a later page failed.
func (s *Service) GetSome(ctx context.Context, ids []string) (map[string]session.Outcome, error) {
	in := secretsmanager.BatchGetSecretValueInput{SecretIdList: ids}
	found := make(map[string]session.Outcome, len(ids))
	for range batchSize {
		out, err := session.Call(ctx, s.Session, func(c *calls) (*secretsmanager.BatchGetSecretValueOutput, error) {
			return c.BatchGetSecretValue(ctx, &in)
		})
		switch {
		case err != nil:
			return found, err
		case out.SecretValues == nil && out.Errors == nil:
			return found, corrupt("the answer has no list")
		}
		for _, id := range ids {
			if _, done := found[id]; !done {
				s.settle(found, id, out)
			}
		}
		if out.NextToken == nil || *out.NextToken == "" {
			return found, nil
		}
		in.NextToken = out.NextToken
	}
	return found, corrupt("the answer has more pages than a batch can have")
}

// settle looks id up in a page. Values of a batch have no Created time, because the
// service gives the time of the secret there, and not the time of the version.
func (s *Service) settle(found map[string]session.Outcome, id string, page *secretsmanager.BatchGetSecretValueOutput) {
	for _, v := range page.SecretValues {
		if answers(id, v.Name, v.ARN) {
			secret, err := s.secret(v.SecretString, v.SecretBinary, v.VersionId, nil)
			found[id] = session.Outcome{Secret: secret, Err: err}
			return
		}
	}
	for _, e := range page.Errors {
		if e.SecretId != nil && *e.SecretId == id {
			found[id] = session.Outcome{Err: s.OfEntry(opGet, e.ErrorCode, e.Message)}
			return
		}
	}
}
