package sm

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// Scheme is the scheme of the links.
const Scheme = "aws-sm"

// Service reads from Secrets Manager. It is safe for concurrent use.
type Service struct {
	*session.Session[secretsmanager.Client]
}

// New returns a Service. It does no I/O.
func New(config session.Config) *Service {
	return &Service{session.New(config, session.Service[secretsmanager.Client]{Make: makeClient, Codes: codes})}
}

func makeClient(cfg aws.Config, endpoint *string) (client *secretsmanager.Client, called *string) {
	client = secretsmanager.NewFromConfig(cfg, func(o *secretsmanager.Options) {
		if endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
	return client, client.Options().BaseEndpoint
}

// Probe asks for a list of one secret, which reads no value.
func (s *Service) Probe(ctx context.Context) error {
	out, err := session.Call(ctx, s.Session, (*secretsmanager.Client).ListSecrets, &secretsmanager.ListSecretsInput{MaxResults: aws.Int32(1)})
	if err == nil && out.SecretList == nil {
		err = corrupt("the answer has no list")
	}
	return err
}
