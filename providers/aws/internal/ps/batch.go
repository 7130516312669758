package ps

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// batchSize is the largest number of names that GetParameters accepts.
const batchSize = 10

// Batch describes the batch call.
func (s *Service) Batch() session.Batch { return session.Batch{Size: batchSize, OneRefusesAll: true} }

// GetSome makes the batch call. It returns the parameters whose values are in the
// answer, by id. It leaves out the InvalidParameters, which are then read one at a
// time: they are absent, or they "aren't formatted correctly or don't run", as the
// service's reference says.
func (s *Service) GetSome(ctx context.Context, ids []string) (map[string]session.Outcome, error) {
	in := ssm.GetParametersInput{Names: ids, WithDecryption: aws.Bool(true)}
	out, err := session.Call(ctx, s.Session, func(c *calls) (*ssm.GetParametersOutput, error) {
		return c.GetParameters(ctx, &in)
	})
	switch {
	case err != nil:
		return nil, err
	case out.Parameters == nil && out.InvalidParameters == nil:
		return nil, corrupt("the answer has no list")
	}
	found := make(map[string]session.Outcome, len(ids))
	for _, id := range ids {
		for i := range out.Parameters {
			if answers(id, out.Parameters[i].Name, out.Parameters[i].ARN) {
				secret, err := s.secret(&out.Parameters[i])
				found[id] = session.Outcome{Secret: secret, Err: err}
				break
			}
		}
	}
	return found, nil
}
