package ps

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

func newClient(cfg aws.Config, endpoint *string) (client *ssm.Client, called *string) {
	client = ssm.NewFromConfig(cfg, func(o *ssm.Options) {
		if endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
	return client, client.Options().BaseEndpoint
}

// Close releases the connections to AWS. Later calls are ErrClosed. It is
// idempotent.
func (p *Provider) Close() error { return p.session.Close() }
