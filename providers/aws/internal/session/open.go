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

// open reads the SDK's configuration, from files and variables and not from the
// network, and makes the client.
func (s *Session[T]) open(ctx context.Context) (*state[T], error) {
	cfg, err := config.LoadDefaultConfig(ctx, s.load()...)
	if err != nil {
		return nil, loadError(ctx, err)
	}
	if cfg.Region == "" {
		return nil, s.noRegion("no region is configured")
	}
	http := newClient(cfg.HTTPClient)
	who, err := newIdentity(s.config(), cfg, http)
	if err != nil {
		return nil, err
	}
	cfg.HTTPClient = http
	cfg.Credentials = who
	var endpoint *string
	if s.config().Endpoint != "" {
		endpoint = aws.String(s.config().Endpoint)
	}
	calls, called := s.service.Make(cfg, endpoint)
	if err := checkConfigured(called); err != nil {
		return nil, err
	}
	if CheckRegion(cfg.Region, called != nil) != nil {
		return nil, s.noRegion("the configured region does not have the form of an AWS region")
	}
	return &state[T]{calls: calls, region: cfg.Region, identity: who, http: http}, nil
}

func (s *Session[T]) noRegion(problem string) error {
	return &secretmux.Error{
		Class: secretmux.ErrInvalid, Err: errors.New(problem),
		Hint: "write " + s.config().Scheme + "://REGION/, or set AWS_REGION or the profile's region",
	}
}

// load returns the options for the SDK's loader.
func (s *Session[T]) load() []func(*config.LoadOptions) error {
	client := forCredentials(s.config().Transport)
	return append([]func(*config.LoadOptions) error{
		config.WithLogger(logging.Nop{}),
		config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
		config.WithHTTPClient(client),
		// The SDK does not give the configured client to its provider for containers.
		config.WithEndpointCredentialOptions(func(c *endpointcreds.Options) { c.HTTPClient = client }),
	}, s.config().Load...)
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
