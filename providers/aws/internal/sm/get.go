package sm

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// Get reads the secret with this id. An empty version means the version with the
// label AWSCURRENT.
func (s *Service) Get(ctx context.Context, id, version string) (secretmux.Secret, error) {
	in, err := selectVersion(version)
	if err != nil {
		return secretmux.Secret{}, err
	}
	in.SecretId = &id
	out, err := session.Call(ctx, s.Session, func(c *calls) (*secretsmanager.GetSecretValueOutput, error) {
		return c.GetSecretValue(ctx, &in)
	})
	switch {
	case err != nil && version != "":
		return secretmux.Secret{}, ofVersion(err)
	case err != nil:
		return secretmux.Secret{}, err
	case !answers(id, out.Name, out.ARN):
		return secretmux.Secret{}, corrupt("the answer is not for the secret that was asked for")
	case !hasVersion(&in, out):
		return secretmux.Secret{}, corrupt("the answer is not for the version that was asked for")
	}
	return s.secret(out.SecretString, out.SecretBinary, out.VersionId, out.CreatedDate)
}

// hasVersion reports whether out is the version that was asked for. A server that
// ignores the version answers with the current one.
func hasVersion(in *secretsmanager.GetSecretValueInput, out *secretsmanager.GetSecretValueOutput) bool {
	if in.VersionId != nil && (out.VersionId == nil || *out.VersionId != *in.VersionId) {
		return false
	}
	return in.VersionStage == nil || slices.Contains(out.VersionStages, *in.VersionStage)
}

// ofVersion is err for a version that was asked for by name. A version without a
// value is absent. A secret without a current value exists.
func ofVersion(err error) error {
	var f *session.CallError
	if errors.As(err, &f) && f.Code == codeNotFound && errors.Is(f.Class, secretmux.ErrDisabled) {
		f.Class, f.Hint = secretmux.ErrNotFound, ""
	}
	return err
}

// secret makes a Secret from an answer, which has either a string or bytes.
func (s *Service) secret(text *string, data []byte, version *string, created *time.Time) (secretmux.Secret, error) {
	meta := secretmux.Meta{Source: s.Config().Source}
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
	return secretmux.Secret{}, corrupt("the answer has no value")
}
