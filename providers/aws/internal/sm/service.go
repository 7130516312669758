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
	*session.Session[calls]
}

// New returns a Service. It does no I/O.
func New(config session.Config) *Service {
	return &Service{session.New(config, session.Service[calls]{Make: makeCalls, Codes: codes})}
}

// calls are the methods of the SDK's client that are called.
type calls struct {
	BatchGetSecretValue  func(context.Context, *secretsmanager.BatchGetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.BatchGetSecretValueOutput, error)
	GetSecretValue       func(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
	ListSecrets          func(context.Context, *secretsmanager.ListSecretsInput, ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretsOutput, error)
	ListSecretVersionIds func(context.Context, *secretsmanager.ListSecretVersionIdsInput, ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretVersionIdsOutput, error)
}

func makeCalls(cfg aws.Config, endpoint *string) (made *calls, called *string) {
	client := secretsmanager.NewFromConfig(cfg, func(o *secretsmanager.Options) {
		if endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
	return &calls{
		BatchGetSecretValue:  client.BatchGetSecretValue,
		GetSecretValue:       client.GetSecretValue,
		ListSecrets:          client.ListSecrets,
		ListSecretVersionIds: client.ListSecretVersionIds,
	}, client.Options().BaseEndpoint
}

// Probe asks for a list of one secret, which reads no value.
func (s *Service) Probe(ctx context.Context) error {
	out, err := session.Call(ctx, s.Session, func(c *calls) (*secretsmanager.ListSecretsOutput, error) {
		return c.ListSecrets(ctx, &secretsmanager.ListSecretsInput{MaxResults: aws.Int32(1)})
	})
	if err == nil && out.SecretList == nil {
		err = corrupt("the answer has no list")
	}
	return err
}
