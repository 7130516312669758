package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/ps"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
	"github.com/secretmux/secretmux/providers/aws/internal/sm"
)

// Backend opens aws-sm: and aws-ps: links with the SDK's own configuration.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens aws-sm: and aws-ps: links with o.
func (o Options) Backend() secretmux.Backend {
	return secretmux.Backend{
		sm.Scheme: o.opener(NewSecretsManager),
		ps.Scheme: o.opener(NewParameterStore),
	}
}

func (o Options) opener(f func(Options) (*Provider, error)) secretmux.OpenFunc {
	return func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		own, err := o.of(u)
		if err != nil {
			return nil, err
		}
		p, err := f(own)
		if err != nil {
			return nil, err
		}
		return p, nil
	}
}

// NewSecretsManager returns a Provider that reads from Secrets Manager. It does no
// I/O; mistakes in o are ErrInvalid.
func NewSecretsManager(o Options) (*Provider, error) {
	return o.provider(sm.Scheme, func(c session.Config) service { return sm.New(c) })
}

// NewParameterStore returns a Provider that reads from Parameter Store. It does no
// I/O; mistakes in o are ErrInvalid.
func NewParameterStore(o Options) (*Provider, error) {
	return o.provider(ps.Scheme, func(c session.Config) service { return ps.New(c) })
}

func (o Options) provider(scheme string, f func(session.Config) service) (*Provider, error) {
	o, err := o.check()
	if err != nil {
		return nil, err
	}
	source := o.address(scheme)
	return &Provider{source: source, service: f(session.Config{
		Scheme: scheme, Source: source, Prefix: o.Prefix, Load: o.load(), Transport: o.Transport,
		Role: o.Role, ExternalID: o.ExternalID, Endpoint: o.Endpoint,
	})}, nil
}

// load returns the options for the SDK's loader.
func (o Options) load() []func(*config.LoadOptions) error {
	var opts []func(*config.LoadOptions) error
	if o.Region != "" {
		opts = append(opts, config.WithRegion(o.Region))
	}
	if o.Profile != "" {
		opts = append(opts, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Credentials != nil {
		opts = append(opts, config.WithCredentialsProvider(o.Credentials))
	}
	if o.FIPS {
		opts = append(opts, config.WithUseFIPSEndpoint(aws.FIPSEndpointStateEnabled))
	}
	return opts
}
