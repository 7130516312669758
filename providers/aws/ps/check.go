package ps

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

// Check asks for a list of one parameter, which reads no value. A refusal counts as
// success: only a service that can be reached and knows who asks can refuse, so
// that Check needs no permission. It does not tell whether parameters can be read.
func (p *Provider) Check(ctx context.Context) error {
	out, err := session.Call(ctx, p.session, (*ssm.Client).DescribeParameters, &ssm.DescribeParametersInput{MaxResults: aws.Int32(1)})
	if err == nil && out.Parameters == nil {
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
