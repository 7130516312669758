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
	*session.Session[ssm.Client]
}

// New returns a Service. It does no I/O.
func New(config session.Config) *Service {
	return &Service{session.New(config, session.Service[ssm.Client]{Make: makeClient, Codes: codes})}
}

func makeClient(cfg aws.Config, endpoint *string) (client *ssm.Client, called *string) {
	client = ssm.NewFromConfig(cfg, func(o *ssm.Options) {
		if endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
	return client, client.Options().BaseEndpoint
}

// Probe asks for a list of one parameter, which reads no value.
func (s *Service) Probe(ctx context.Context) error {
	out, err := session.Call(ctx, s.Session, (*ssm.Client).DescribeParameters, &ssm.DescribeParametersInput{MaxResults: aws.Int32(1)})
	if err == nil && out.Parameters == nil {
		err = corrupt("the answer has no list")
	}
	return err
}
