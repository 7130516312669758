package sm

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

var (
	_ secretmux.Provider      = (*Provider)(nil)
	_ secretmux.ManyGetter    = (*Provider)(nil)
	_ secretmux.VersionGetter = (*Provider)(nil)
	_ secretmux.Lister        = (*Provider)(nil)
	_ secretmux.Checker       = (*Provider)(nil)
	_ io.Closer               = (*Provider)(nil)
)

// Provider reads secrets from Secrets Manager. Make one with [New]. It is safe
// for concurrent use and keeps no values.
//
// Errors by class: no such secret is ErrNotFound. One that is pending deletion or
// has no value yet is ErrDisabled. A missing permission and a KMS key that can't
// be used are ErrDenied; missing, wrong and ended credentials ErrUnauthenticated;
// a used-up quota ErrThrottled; 5xx, a lost connection and an unknown host
// ErrUnavailable. A malformed answer and one for another secret are ErrCorrupt,
// one over 1 MiB is ErrTooLarge. A name that Secrets Manager can't hold, a missing
// region and an endpoint that is not the service are ErrInvalid.
type Provider struct {
	session *session.Session[secretsmanager.Client]
	source  string
	batch   session.Recess
}

// New returns a Provider. It does no I/O; mistakes in opts are ErrInvalid.
func New(opts session.Options) (*Provider, error) {
	s, err := session.New(Scheme, opts, newClient)
	if err != nil {
		return nil, err
	}
	return &Provider{session: s, source: s.Source()}, nil
}

// String returns the provider's URI, such as aws-sm://eu-west-1/prod/.
func (p *Provider) String() string { return p.source }

// Get returns the version of a secret that is labelled AWSCURRENT. A binary
// secret comes as its bytes.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.get(ctx, "get", name, secretsmanager.GetSecretValueInput{})
}

// get reads one secret; which says its version.
func (p *Provider) get(ctx context.Context, op, name string, which secretsmanager.GetSecretValueInput) (secretmux.Secret, error) {
	id, err := p.id(ctx, name)
	if err != nil {
		return secretmux.Secret{}, p.classify(ctx, op, name, err)
	}
	which.SecretId = &id
	out, err := session.Call(ctx, p.session, (*secretsmanager.Client).GetSecretValue, &which)
	if err != nil {
		return secretmux.Secret{}, p.classify(ctx, op, name, err)
	}
	if !answers(id, out.Name, out.ARN) || !hasVersion(&which, out) {
		return secretmux.Secret{}, p.classify(ctx, op, name, errAnotherSecret)
	}
	secret, err := p.secret(out.SecretString, out.SecretBinary, out.VersionId, out.CreatedDate)
	if err != nil {
		return secretmux.Secret{}, p.classify(ctx, op, name, err)
	}
	return secret, nil
}

// hasVersion reports whether out is the version that was asked for: a server that
// ignores the question answers with the current one.
func hasVersion(in *secretsmanager.GetSecretValueInput, out *secretsmanager.GetSecretValueOutput) bool {
	if in.VersionId != nil && (out.VersionId == nil || *out.VersionId != *in.VersionId) {
		return false
	}
	return in.VersionStage == nil || slices.Contains(out.VersionStages, *in.VersionStage)
}

// secret makes a Secret of an answer, which has either a string or bytes.
func (p *Provider) secret(text *string, data []byte, version *string, created *time.Time) (secretmux.Secret, error) {
	meta := secretmux.Meta{Source: p.source}
	if version != nil {
		meta.Version = *version
	}
	if created != nil {
		meta.Created = *created
	}
	switch {
	case text != nil:
		return secretmux.NewSecret([]byte(*text), meta), nil
	case data != nil:
		return secretmux.NewSecret(data, meta), nil
	}
	return secretmux.Secret{}, errNoValue
}
