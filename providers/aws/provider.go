package aws

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

var (
	_ secretmux.Provider      = (*Provider)(nil)
	_ secretmux.ManyGetter    = (*Provider)(nil)
	_ secretmux.VersionGetter = (*Provider)(nil)
	_ secretmux.Lister        = (*Provider)(nil)
	_ secretmux.Describer     = (*Provider)(nil)
	_ secretmux.Checker       = (*Provider)(nil)
	_ io.Closer               = (*Provider)(nil)
)

// Provider reads secrets from one service in one region. [NewSecretsManager] and
// [NewParameterStore] make one. It is safe for concurrent use and keeps no values.
//
// Errors by class: no such secret is ErrNotFound. One that is scheduled for
// deletion or has no value yet is ErrDisabled; parameters can't be. A missing
// permission and a KMS key that can't be used are ErrDenied; missing, wrong and
// ended credentials ErrUnauthenticated; a used-up quota ErrThrottled; 5xx, a lost
// connection and an unknown host ErrUnavailable. A malformed answer and one for
// another secret or version are ErrCorrupt, one over 1 MiB is ErrTooLarge. A name
// that the service can't hold, a missing region and an endpoint that is not the
// service are ErrInvalid. The answer of the service is an [*APIError] below that
// error.
type Provider struct {
	service service
	source  string
	recess  session.Recess // of the batch call
}

// String returns the provider's URI, such as aws-sm://eu-west-1/prod/. Opened, it
// leads to the same place.
func (p *Provider) String() string { return p.source }

// BackendName returns what the service itself calls the secret, its folder included.
// An ARN is its own.
func (p *Provider) BackendName(name string) string {
	if session.IsARN(name) {
		return name
	}
	id, err := p.service.ID(context.Background(), name) // without an ARN it makes no call
	if err != nil {
		return ""
	}
	return id
}

// Get returns the current version: that which is labelled AWSCURRENT, or the
// highest one of a parameter.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.get(ctx, "get", name, "")
}

// GetVersion returns one version. current is what Get returns. One that does not
// exist is ErrNotFound, whether it is the secret that is missing or the version.
// What can't be a version is ErrInvalid, without a call.
//
// In Secrets Manager, previous is the version labelled AWSPREVIOUS. 32 to 64
// letters, digits and "-" are a version's id, and all else is a staging label, such
// as AWSPENDING, blue or 1.0.0; so is a long one in upper case without a digit.
//
// In Parameter Store, previous is the number before the highest, in two calls. A
// number from 1 is a version, and all else a label. The service keeps 100.
func (p *Provider) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	switch version {
	case "":
		return secretmux.Secret{}, p.fail("get version", name, secretmux.Invalid("get version", "the version is empty", "write ?version=V"))
	case secretmux.VersionCurrent:
		version = ""
	}
	return p.get(ctx, "get version", name, version)
}

func (p *Provider) get(ctx context.Context, op, name, version string) (secretmux.Secret, error) {
	id, err := p.service.ID(ctx, name)
	if err != nil {
		return secretmux.Secret{}, p.fail(op, name, err)
	}
	secret, err := p.service.Get(ctx, id, version)
	if err != nil {
		return secretmux.Secret{}, p.fail(op, name, err)
	}
	return secret, nil
}

// List yields the names below the provider's folder that start with prefix, with
// their version. From Parameter Store it has the version's time; from Secrets Manager
// the times of the secret and of its rotation, and no age of the value: see Describe. Secrets that are scheduled
// for deletion are left out, and so are names that Get can't be asked for. It needs
// secretsmanager:ListSecrets or ssm:DescribeParameters. The list of Secrets Manager
// may be five minutes behind.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		seen := map[string]bool{}
		for token := ""; ; {
			page, next, err := p.service.Page(ctx, prefix, token)
			if err == nil && seen[next] {
				err = session.Corrupt("the list leads back to a page that was already read", "check the endpoint")
			}
			if err != nil {
				yield(secretmux.Info{}, p.fail("list", "", err))
				return
			}
			for _, info := range page {
				info.Source = p.source
				if !yield(info, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			seen[next], token = true, next
		}
	}
}

// Describe returns the version that Get reads and when it was made, in one call that
// reads no value. For Secrets Manager that is ListSecretVersionIds, with the day on
// which the version was last read, and needs secretsmanager:ListSecretVersionIds on the
// secret; a changed tag or description moves neither. For Parameter Store it is
// ssm:DescribeParameters, which says the same in the list, and which can't describe a
// parameter by its ARN: that is errors.ErrUnsupported.
func (p *Provider) Describe(ctx context.Context, name string) (secretmux.Info, error) {
	id, err := p.service.ID(ctx, name)
	if err != nil {
		return secretmux.Info{}, p.fail("describe", name, err)
	}
	info, err := p.service.Describe(ctx, id)
	if err != nil {
		return secretmux.Info{}, p.fail("describe", name, err)
	}
	info.Name, info.Source = name, p.source
	return info, nil
}

// Check asks for a list of one secret, which reads no value. A refusal counts as
// success: only a service that can be reached and knows the caller can refuse, so
// Check needs no permission. It does not tell whether secrets can be read.
func (p *Provider) Check(ctx context.Context) error {
	err := p.service.Probe(ctx)
	var f *session.CallError
	if err == nil || errors.As(err, &f) && f.Code != "" && errors.Is(f.Class, secretmux.ErrDenied) {
		return nil
	}
	return p.fail("check", "", err)
}

// Close releases the connections to AWS. Later calls are ErrClosed. It is
// idempotent.
func (p *Provider) Close() error { return p.service.Close() }
