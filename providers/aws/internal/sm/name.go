package sm

import (
	"context"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// maxName comes from the reference of CreateSecret.
const maxName = 512

// ID returns the SecretId of a name, or an ErrInvalid. It makes no call.
func (s *Service) ID(ctx context.Context, name string) (string, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return "", err
	}
	if session.IsARN(name) {
		return name, s.checkARN(ctx, name)
	}
	full := s.Config().Prefix + name
	switch {
	case strings.Contains(full, ":"):
		return "", secretmux.Invalid("get", "the name has a :", session.HintSelectors)
	case len(full) > maxName || strings.ContainsFunc(full, notInName):
		return "", secretmux.Invalid("get", "Secrets Manager does not accept this name",
			"write at most 512 letters, digits and /_+=.@!- characters, or a whole ARN")
	}
	return full, nil
}

// notInName reports whether a name can't have r. The valid characters come from the
// service's own refusal: "alphanumeric characters, or any of the following:
// -/_+=.@!". The reference of CreateSecret leaves out the last one, but RDS and
// others use it in their names.
func notInName(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("/_+=.@!-", r)
}

// checkARN refuses an ARN of another service, and an ARN of another region.
func (s *Service) checkARN(ctx context.Context, name string) error {
	arn, ok := session.ParseARN(name)
	secret, isSecret := strings.CutPrefix(arn.Resource, "secret:")
	switch {
	case !ok || arn.Service != "secretsmanager" || !isSecret:
	case strings.Contains(secret, ":"): // ECS writes a key, a label and an id behind the ARN
		return secretmux.Invalid("get", "the ARN goes on after the name of the secret", session.HintSelectors)
	case secret != "" && !strings.ContainsFunc(secret, notInName):
		return s.SameRegion(ctx, arn)
	}
	return secretmux.Invalid("get", "the name is not the ARN of a secret", "write arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX")
}

// answers reports whether a secret is the one with this id. The service appends six
// random characters to the name in an ARN and lets callers leave them out.
func answers(id string, name, arn *string) bool {
	if !session.IsARN(id) {
		return name != nil && *name == id
	}
	return arn != nil && (*arn == id || len(*arn) == len(id)+7 && strings.HasPrefix(*arn, id+"-"))
}
