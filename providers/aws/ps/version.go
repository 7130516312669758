package ps

import (
	"context"
	"regexp"
	"strconv"

	"github.com/secretmux/secretmux"
)

const opVersion = "get version"

// GetVersion returns one version of a parameter: current, previous, a number, or
// a label. previous takes two calls: one tells the current number. One that does
// not exist, or that the service no longer keeps (it keeps 100), is ErrNotFound.
// What can be neither a number nor a label is ErrInvalid, without a call.
func (p *Provider) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	switch {
	case version == secretmux.VersionCurrent:
		return p.Get(ctx, name)
	case version == secretmux.VersionPrevious:
		return p.previous(ctx, name)
	case !number(version) && !label(version):
		return secretmux.Secret{}, p.classify(ctx, opVersion, name, invalid("the version is neither a number nor a label",
			"write a number from 1, a label, current or previous"))
	}
	return p.get(ctx, opVersion, name, version)
}

func (p *Provider) previous(ctx context.Context, name string) (secretmux.Secret, error) {
	now, err := p.get(ctx, opVersion, name, "")
	if err != nil {
		return secretmux.Secret{}, err
	}
	n, err := strconv.ParseInt(now.Version(), 10, 64)
	switch {
	case err != nil:
		return secretmux.Secret{}, p.classify(ctx, opVersion, name, errAnotherParameter)
	case n == 1:
		return secretmux.Secret{}, p.classify(ctx, opVersion, name, errFirst)
	}
	return p.get(ctx, opVersion, name, strconv.FormatInt(n-1, 10))
}

func number(version string) bool {
	return regexp.MustCompile(`^[1-9][0-9]{0,17}$`).MatchString(version)
}

// label follows the rules of LabelParameterVersion: it does not start with a digit.
func label(version string) bool {
	return regexp.MustCompile(`^[A-Za-z_.-][A-Za-z0-9_.-]{0,99}$`).MatchString(version)
}
