package sm

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

func newClient(cfg aws.Config, endpoint *string) (client *secretsmanager.Client, called *string) {
	client = secretsmanager.NewFromConfig(cfg, func(o *secretsmanager.Options) {
		if endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
	return client, client.Options().BaseEndpoint
}

// Close releases the connections to AWS. Later calls are ErrClosed. It is
// idempotent.
func (p *Provider) Close() error { return p.session.Close() }
