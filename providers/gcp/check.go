package gcp

import (
	"context"
	"errors"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/api/iterator"
	"google.golang.org/grpc/codes"
)

// Check asks for the name of one secret of the project. A caller that may not list
// secrets also gets nil, because the usual account may only read some secrets. The
// refusal shows that Secret Manager can be reached and knows the caller. So Check
// can't see that the project does not exist, or that a permission to read is missing.
func (p *Provider) Check(ctx context.Context) error {
	err := p.conn.call(ctx, request{permission: "secretmanager.secrets.list"}, func(ctx context.Context, c *secretmanager.Client) error {
		it := c.ListSecrets(ctx, &secretmanagerpb.ListSecretsRequest{Parent: p.opts.parent(), PageSize: 1}, settings(maxPage)...)
		if _, err := it.Next(); !errors.Is(err, iterator.Done) {
			return err
		}
		return nil
	})
	var s *statusError
	if errors.As(err, &s) && s.code == codes.PermissionDenied && s.http == 0 && (s.reason == "" || s.reason == reasonPermission) {
		return nil
	}
	if err != nil {
		return p.fail("check", "", err)
	}
	return nil
}
