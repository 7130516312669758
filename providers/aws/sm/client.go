package sm

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

func newClient(cfg aws.Config, endpoint *string) *secretsmanager.Client {
	return secretsmanager.NewFromConfig(cfg, func(o *secretsmanager.Options) {
		if endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
}

// Close releases the connections to AWS. Later calls are ErrClosed. It is
// idempotent.
func (p *Provider) Close() error { return p.session.Close() }

// ask makes one call of the service: f is a method of the client.
func ask[In, Out any](ctx context.Context, p *Provider,
	f func(*secretsmanager.Client, context.Context, *In, ...func(*secretsmanager.Options)) (*Out, error), in *In,
) (*Out, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	client, err := p.session.Client(ctx)
	if err != nil {
		return nil, err
	}
	return f(client, ctx, in)
}
