package ps

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// Scheme is the scheme of the links.
const Scheme = "aws-ps"

// Service reads from Parameter Store. It is safe for concurrent use.
type Service struct {
	*session.Session[calls]
}

// New returns a Service. It does no I/O.
func New(config session.Config) *Service {
	return &Service{session.New(config, session.Service[calls]{Make: makeCalls, Codes: codes})}
}

// calls are the methods of the SDK's client that are called.
type calls struct {
	DescribeParameters func(context.Context, *ssm.DescribeParametersInput, ...func(*ssm.Options)) (*ssm.DescribeParametersOutput, error)
	GetParameter       func(context.Context, *ssm.GetParameterInput, ...func(*ssm.Options)) (*ssm.GetParameterOutput, error)
	GetParameters      func(context.Context, *ssm.GetParametersInput, ...func(*ssm.Options)) (*ssm.GetParametersOutput, error)
}

func makeCalls(cfg aws.Config, endpoint *string) (made *calls, called *string) {
	client := ssm.NewFromConfig(cfg, func(o *ssm.Options) {
		if endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
	return &calls{
		DescribeParameters: client.DescribeParameters,
		GetParameter:       client.GetParameter,
		GetParameters:      client.GetParameters,
	}, client.Options().BaseEndpoint
}

// Probe asks for a list of one parameter, which reads no value.
func (s *Service) Probe(ctx context.Context) error {
	out, err := session.Call(ctx, s.Session, func(c *calls) (*ssm.DescribeParametersOutput, error) {
		return c.DescribeParameters(ctx, &ssm.DescribeParametersInput{MaxResults: aws.Int32(1)})
	})
	if err == nil && out.Parameters == nil {
		err = corrupt("the answer has no list")
	}
	return err
}
