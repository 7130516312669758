package sm

import (
	"context"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/secretmux/secretmux"
)

const opVersion = "get version"

// GetVersion returns one version of a secret: current, previous, a version's id,
// or a staging label in upper case. One that does not exist is ErrNotFound,
// whether it is the secret that is missing or the version. What can be neither an
// id nor a label is ErrInvalid, without a call.
func (p *Provider) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	if version == secretmux.VersionCurrent {
		return p.Get(ctx, name)
	}
	which, ok := selectVersion(version)
	if !ok {
		return secretmux.Secret{}, p.classify(ctx, opVersion, name, invalid("the version is neither an id nor a label",
			"write an id of 32 to 64 characters, a staging label in upper case, current or previous"))
	}
	return p.get(ctx, opVersion, name, which)
}

// selectVersion tells ids and labels apart. A version's id is the ClientRequestToken
// that made it, 32 to 64 characters; labels that AWS makes are in upper case.
func selectVersion(version string) (secretsmanager.GetSecretValueInput, bool) {
	var in secretsmanager.GetSecretValueInput
	switch {
	case version == secretmux.VersionPrevious:
		in.VersionStage = aws.String("AWSPREVIOUS")
	case regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,255}$`).MatchString(version) && !regexp.MustCompile(`[0-9].{31}`).MatchString(version):
		in.VersionStage = &version
	case regexp.MustCompile(`^[A-Za-z0-9-]{32,64}$`).MatchString(version):
		in.VersionId = &version
	default:
		return in, false
	}
	return in, true
}
