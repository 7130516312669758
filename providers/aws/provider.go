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
// Its errors by class:
//   - ErrNotFound: the secret does not exist.
//   - ErrDisabled: the secret is scheduled for deletion or has no value yet. A
//     parameter can't be in these states.
//   - ErrDenied: a permission is missing, or the KMS key can't be used.
//   - ErrUnauthenticated: the credentials are missing, wrong or expired.
//   - ErrThrottled: a quota is used up.
//   - ErrUnavailable: an answer with 5xx, a lost connection, or an unknown host.
//   - ErrCorrupt: the answer is malformed, or is for another secret or version.
//   - ErrTooLarge: the answer is over 1 MiB.
//   - ErrInvalid: the service can't hold the name, the region is missing, or the
//     endpoint is not the service.
//
// The answer of the service is an [*APIError] below that error.
type Provider struct {
	service service
	source  string
	recess  session.Recess // of the batch call
}

// String returns the provider's URI, such as aws-sm://eu-west-1/prod/. Opening it
// leads to the same place.
func (p *Provider) String() string { return p.source }

// BackendName returns the service's own name of the secret, with its folder. The name
// of an ARN is the ARN.
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

// Get returns the current version: the version of a secret with the label AWSCURRENT,
// or the highest version of a parameter.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.get(ctx, "get", name, "")
}

// GetVersion returns one version. current is the version that Get returns. If the
// version or the secret does not exist, the error is ErrNotFound. A text that can't
// be a version is ErrInvalid, without a call.
//
// In Secrets Manager, previous is the version with the label AWSPREVIOUS. 32 to 64
// letters, digits and "-" are a version's id. Every other text is a staging label,
// such as AWSPENDING, blue or 1.0.0. A long text in upper case without a digit is a
// label too.
//
// In Parameter Store, previous is the number before the highest, in two calls. A
// number from 1 is a version, and every other text is a label. The service keeps 100
// versions.
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
// their version. Parameter Store also gives the version's time. Secrets Manager gives
// the times of the secret and of its rotation, but not the age of the value: see
// Describe. List leaves out secrets that are scheduled for deletion, and names that
// Get refuses. It needs secretsmanager:ListSecrets or ssm:DescribeParameters. The
// list of Secrets Manager may be five minutes old.
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

// Describe returns the version that Get reads, and when it was made, in one call that
// reads no value. For Secrets Manager it calls ListSecretVersionIds, which also gives
// the day on which the version was last read, and needs
// secretsmanager:ListSecretVersionIds on the secret. A changed tag or description
// does not change these times. For Parameter Store it calls ssm:DescribeParameters,
// which gives the same facts as List. That call can't describe a parameter by its
// ARN: the error is then errors.ErrUnsupported.
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
// Check needs no permission. It does not show whether secrets can be read.
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
