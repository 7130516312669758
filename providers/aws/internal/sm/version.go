package sm

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/secretmux/secretmux"
)

// maxLabel comes from the reference of GetSecretValue, which does not limit the
// characters.
const maxLabel = 256

var (
	idLike     = regexp.MustCompile(`^[A-Za-z0-9-]{32,64}$`)
	upperLabel = regexp.MustCompile(`^[A-Z-]+$`)
)

// selectVersion tells ids and labels apart. A version's id is the ClientRequestToken
// that made it, with 32 to 64 characters. Everything else is a label. A long text in
// upper case without a digit is a label too, because AWS makes such labels.
func selectVersion(version string) (in secretsmanager.GetSecretValueInput, err error) {
	switch {
	case version == "":
	case version == secretmux.VersionPrevious:
		in.VersionStage = aws.String("AWSPREVIOUS")
	case len(version) > maxLabel || strings.ContainsFunc(version, notInLabel):
		return in, secretmux.Invalid("get version", "the version is neither an id nor a label",
			"write an id of 32 to 64 characters, a staging label, current or previous")
	case idLike.MatchString(version) && !upperLabel.MatchString(version):
		in.VersionId = &version
	default:
		in.VersionStage = &version
	}
	return in, nil
}

func notInLabel(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
