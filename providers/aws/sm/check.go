package sm

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

// Check asks for a list of one secret, which reads no value. A refusal counts as
// success: only a service that can be reached and knows who asks can refuse, so
// that Check needs no permission. It does not tell whether secrets can be read.
func (p *Provider) Check(ctx context.Context) error {
	out, err := session.Call(ctx, p.session, (*secretsmanager.Client).ListSecrets, &secretsmanager.ListSecretsInput{MaxResults: aws.Int32(1)})
	if err == nil && out.SecretList == nil {
		err = errNoList
	}
	if err == nil {
		return nil
	}
	if f := failure(ctx, "check", err); errors.Is(f.Class, secretmux.ErrDenied) && f.Code != "" {
		return nil
	}
	return p.classify(ctx, "check", "", err)
}
