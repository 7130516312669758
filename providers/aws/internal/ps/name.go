package ps

import (
	"context"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// The limits come from the reference of PutParameter.
const (
	maxName   = 1011
	maxLevels = 15
)

// secrets is the folder in which Parameter Store shows the secrets of Secrets
// Manager, under their own names.
const secrets = "/aws/reference/secretsmanager/"

// ID returns the service's name of a parameter, or an ErrInvalid. It makes no call.
func (s *Service) ID(ctx context.Context, name string) (string, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return "", err
	}
	if session.IsARN(name) {
		return name, s.checkARN(ctx, name)
	}
	full := rooted(s.Config().Prefix + name)
	switch {
	case strings.Contains(full, ":"):
		return "", secretmux.Invalid("get", "the name has a :", session.HintSelectors)
	case len(full) > maxName || strings.Count(full, "/") > maxLevels || badName(full):
		return "", secretmux.Invalid("get", "Parameter Store does not accept this name",
			"write at most 15 levels of letters, digits and _.- characters, or a whole ARN")
	}
	return full, nil
}

// rooted puts the "/" that the service requires in front of a name of several levels.
func rooted(full string) string {
	if strings.Contains(full, "/") && !strings.HasPrefix(full, "/") {
		return "/" + full
	}
	return full
}

// badName reports whether a name has characters that the reference of PutParameter
// does not list. The name of a secret of Secrets Manager may have a few more.
func badName(full string) bool {
	more := ""
	if strings.HasPrefix(full, secrets) {
		more = "+=@!"
	}
	return strings.ContainsFunc(full, func(r rune) bool {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return false
		}
		return !strings.ContainsRune("/_.-"+more, r)
	})
}

// checkARN refuses an ARN of another service, and an ARN of another region.
func (s *Service) checkARN(ctx context.Context, name string) error {
	arn, ok := session.ParseARN(name)
	parameter, isParameter := strings.CutPrefix(arn.Resource, "parameter")
	switch {
	case !ok || arn.Service != "ssm" || !isParameter || !strings.HasPrefix(parameter, "/"):
	case strings.Contains(parameter, ":"):
		return secretmux.Invalid("get", "the ARN goes on after the name of the parameter", session.HintSelectors)
	case parameter != "/" && !badName(parameter):
		return s.SameRegion(ctx, arn)
	}
	return secretmux.Invalid("get", "the name is not the ARN of a parameter", "write arn:aws:ssm:REGION:ACCOUNT:parameter/NAME")
}

// answers reports whether a parameter is the one with this id.
func answers(id string, name, arn *string) bool {
	return name != nil && *name == id || session.IsARN(id) && arn != nil && *arn == id
}
