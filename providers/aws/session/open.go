package session

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/smithy-go/logging"

	"github.com/secretmux/secretmux"
)

// open reads the SDK's configuration, which is files and variables and no
// network, and makes the client.
func (s *Session[T]) open(ctx context.Context) (*state[T], error) {
	cfg, err := config.LoadDefaultConfig(ctx, s.opts.load()...)
	if err != nil {
		return nil, loadError(ctx, err)
	}
	if cfg.Region == "" {
		return nil, &secretmux.Error{
			Class: secretmux.ErrInvalid, Err: errors.New("no region is configured"),
			Hint: "write " + s.scheme + "://REGION/, or set AWS_REGION or the profile's region",
		}
	}
	http := newClient(cfg.HTTPClient)
	who, err := newIdentity(s.opts, cfg, http)
	if err != nil {
		return nil, err
	}
	cfg.HTTPClient = http
	cfg.Credentials = who
	var endpoint *string
	if s.opts.Endpoint != "" {
		endpoint = aws.String(s.opts.Endpoint)
	}
	client, called := s.make(cfg, endpoint)
	if err := checkConfigured(called); err != nil {
		return nil, err
	}
	return &state[T]{client: client, region: cfg.Region, identity: who, http: http}, nil
}

// checkConfigured holds an endpoint of the SDK's configuration to what is asked of
// endpoint=. Nil is AWS's own.
func checkConfigured(endpoint *string) error {
	if endpoint == nil {
		return nil
	}
	var e *secretmux.Error
	if errors.As(checkEndpoint(*endpoint), &e) {
		return &secretmux.Error{Class: e.Class, Err: e.Err, Hint: "it is that of AWS_ENDPOINT_URL and its like or of the profile; " + e.Hint}
	}
	return nil
}

// load lists what the SDK's loader is told.
func (o Options) load() []func(*config.LoadOptions) error {
	client := forCredentials(o.Transport)
	opts := []func(*config.LoadOptions) error{
		config.WithLogger(logging.Nop{}),
		config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
		config.WithHTTPClient(client),
		// The SDK gives its provider for containers no client of the configuration.
		config.WithEndpointCredentialOptions(func(c *endpointcreds.Options) { c.HTTPClient = client }),
	}
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

// loadError replaces the SDK's error, which quotes paths and lines of files.
func loadError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	problem, hint := "the SDK's configuration can't be read", "check the shared config and credentials files, AWS_CA_BUNDLE and the AWS_ variables"
	var profile config.SharedConfigProfileNotExistError
	if errors.As(err, &profile) {
		problem, hint = "the profile does not exist", "check profile= or AWS_PROFILE against the shared config file"
	}
	return &secretmux.Error{Class: secretmux.ErrInvalid, Err: errors.New(problem), Hint: hint}
}
