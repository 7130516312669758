package ps

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

var (
	errByARN  = errors.New("a parameter can't be described by its ARN")
	errAbsent = errors.New("the service has no such parameter")
)

// Describe returns the description of the highest version of a parameter. It reads it
// from the list.
func (s *Service) Describe(ctx context.Context, id string) (secretmux.Info, error) {
	if session.IsARN(id) {
		return secretmux.Info{}, &session.CallError{Class: errors.ErrUnsupported, Cause: errByARN}
	}
	in := ssm.DescribeParametersInput{
		MaxResults:       aws.Int32(pageSize),
		ParameterFilters: []types.ParameterStringFilter{{Key: aws.String("Name"), Option: aws.String("Equals"), Values: []string{id}}},
	}
	for seen := map[string]bool{}; ; {
		out, err := session.Call(ctx, s.Session, func(c *calls) (*ssm.DescribeParametersOutput, error) {
			return c.DescribeParameters(ctx, &in)
		})
		switch {
		case err != nil:
			return secretmux.Info{}, err
		case out.Parameters == nil:
			return secretmux.Info{}, corrupt("the answer has no list")
		}
		for i := range out.Parameters {
			if entry := &out.Parameters[i]; answers(id, entry.Name, nil) {
				return timesOf(entry), nil
			}
		}
		next := aws.ToString(out.NextToken)
		switch {
		case next == "":
			return secretmux.Info{}, &session.CallError{Class: secretmux.ErrNotFound, Cause: errAbsent}
		case seen[next]:
			return secretmux.Info{}, corrupt("the answer leads back to a page that was already read")
		}
		seen[next], in.NextToken = true, &next
	}
}
