package gcp

import (
	"context"
	"errors"
	"iter"
	"strings"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/api/iterator"

	"github.com/secretmux/secretmux"
)

// List yields the names of the secrets of the project, or of the location. It leaves
// out secrets without Options.Prefix, which no name gives. It needs
// secretmanager.secrets.list on the project. Info.Expires is when the service deletes
// the secret; List can't tell a disabled secret from one without a version. It reads
// the names of all secrets of the project, 500 in each call.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		err := p.conn.call(ctx, request{permission: "secretmanager.secrets.list"}, func(ctx context.Context, c *secretmanager.Client) error {
			return p.list(ctx, c, prefix, func(info secretmux.Info) bool { return yield(info, nil) })
		})
		if err != nil {
			yield(secretmux.Info{}, p.fail("list", "", err))
		}
	}
}

func (p *Provider) list(ctx context.Context, c *secretmanager.Client, prefix string, yield func(secretmux.Info) bool) error {
	it := c.ListSecrets(ctx, &secretmanagerpb.ListSecretsRequest{Parent: p.opts.parent(), PageSize: pageSize}, settings(maxPage)...)
	for {
		s, err := it.Next()
		switch {
		case errors.Is(err, iterator.Done):
			return nil
		case err != nil:
			return err
		}
		name, ok := p.opts.name(s.GetName()[strings.LastIndexByte(s.GetName(), '/')+1:])
		if !ok || !strings.HasPrefix(name, prefix) {
			continue
		}
		info := secretmux.Info{Name: name, Source: p.source}
		if s.GetCreateTime().IsValid() {
			info.Created = s.GetCreateTime().AsTime()
		}
		if next := s.GetRotation().GetNextRotationTime(); next.IsValid() {
			info.NextRotation = next.AsTime()
		}
		if s.GetExpireTime().IsValid() {
			info.Expires = s.GetExpireTime().AsTime()
		}
		if !yield(info) {
			return nil
		}
	}
}
