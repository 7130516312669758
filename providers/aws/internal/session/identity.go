package session

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const (
	// sessionName names the caller in CloudTrail when a role is assumed.
	sessionName = "secretmux"
	// expiryWindow renews the credentials of a role before they end, so that they
	// don't end during a call.
	expiryWindow = time.Minute
)

// identity finds the credentials of the caller. It marks its errors, so that a
// failure to find credentials is not confused with a failure of the service.
type identity struct{ inner aws.CredentialsProvider }

func newIdentity(c Config, cfg aws.Config, http *client) (*identity, error) {
	if c.Role == "" {
		return &identity{inner: cfg.Credentials}, nil
	}
	cfg.HTTPClient = http
	client := sts.NewFromConfig(cfg)
	if err := checkConfigured(client.Options().BaseEndpoint); err != nil {
		return nil, err
	}
	assume := stscreds.NewAssumeRoleProvider(client, c.Role, func(a *stscreds.AssumeRoleOptions) {
		a.RoleSessionName = sessionName
		if c.ExternalID != "" {
			a.ExternalID = aws.String(c.ExternalID)
		}
	})
	return &identity{inner: aws.NewCredentialsCache(assume, func(o *aws.CredentialsCacheOptions) {
		o.ExpiryWindow = expiryWindow
	})}, nil
}

// Retrieve implements the SDK's CredentialsProvider.
func (i *identity) Retrieve(ctx context.Context) (aws.Credentials, error) {
	if i.inner == nil {
		return aws.Credentials{}, &identityError{err: errNoCredentials}
	}
	found, err := i.inner.Retrieve(ctx)
	switch {
	case err != nil:
		return aws.Credentials{}, &identityError{err: err}
	case !found.HasKeys(): // a metadata service may answer with nothing
		return aws.Credentials{}, &identityError{err: errNoCredentials}
	}
	return found, nil
}

func (i *identity) forget() {
	if cache, ok := i.inner.(*aws.CredentialsCache); ok {
		cache.Invalidate()
	}
}

// identityError is a failure to find credentials. Its cause is only for classifying
// and never reaches a caller of this module.
type identityError struct{ err error }

func (e *identityError) Error() string { return errNoCredentials.Error() }
func (e *identityError) Unwrap() error { return e.err }
