package gcp

import (
	"context"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"

	"github.com/secretmux/secretmux"
)

// Describe returns the number of the version that Get reads, when it was made and
// whether it is enabled. It makes one call, GetSecretVersion, which reads no value
// and needs secretmanager.versions.get; the alias latest-enabled needs one more call.
// Info.Created is the secret's own time, and only List has it.
func (p *Provider) Describe(ctx context.Context, name string) (secretmux.Info, error) {
	id, err := p.opts.id(name)
	if err != nil {
		return secretmux.Info{}, err
	}
	info, err := p.describe(ctx, id)
	if err != nil {
		return secretmux.Info{}, p.fail("describe", name, err)
	}
	info.Name, info.Source = name, p.source
	return info, nil
}

func (p *Provider) describe(ctx context.Context, id string) (info secretmux.Info, err error) {
	version := p.opts.Alias
	if version == latestEnabled {
		if version, err = p.newestEnabled(ctx, id); err != nil {
			return info, err
		}
	}
	what := request{permission: "secretmanager.versions.get", id: id, version: version}
	err = p.conn.call(ctx, what, func(ctx context.Context, c *secretmanager.Client) error {
		v, err := c.GetSecretVersion(ctx, &secretmanagerpb.GetSecretVersionRequest{Name: p.opts.resource(id, version)}, settings(maxAnswer)...)
		if err != nil {
			return err
		}
		number, ok := versionIn(v.GetName(), id)
		if !ok || validNumber(version) && number != version {
			return errOtherSecret
		}
		enabled := v.GetState() == secretmanagerpb.SecretVersion_ENABLED
		info.Version, info.Enabled = number, &enabled
		if v.GetCreateTime().IsValid() {
			info.VersionCreated = v.GetCreateTime().AsTime()
		}
		return nil
	})
	return info, err
}
