package ps

import (
	"context"
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

// The limits are from the reference of PutParameter.
const (
	maxName   = 1011
	maxLevels = 15
)

// id returns the service's name of a parameter, or an ErrInvalid that is made
// without a call.
func (p *Provider) id(ctx context.Context, name string) (string, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return "", err
	}
	if session.IsARN(name) {
		return name, p.checkARN(ctx, name)
	}
	full := rooted(p.session.Prefix() + name)
	if len(full) > maxName || strings.Count(full, "/") > maxLevels || strings.ContainsFunc(full, notInName) {
		return "", invalid("the name is none of Parameter Store's",
			"write at most 15 levels of letters, digits and _.- characters, or a whole ARN")
	}
	return full, nil
}

// rooted gives a name of several levels the "/" that the service wants in front.
func rooted(full string) string {
	if strings.Contains(full, "/") && !strings.HasPrefix(full, "/") {
		return "/" + full
	}
	return full
}

func notInName(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("/_.-", r)
}

// checkARN refuses an ARN of another service, and of another region.
func (p *Provider) checkARN(ctx context.Context, name string) error {
	arn, ok := session.ParseARN(name)
	parameter, isParameter := strings.CutPrefix(arn.Resource, "parameter/")
	if !ok || arn.Service != "ssm" || !isParameter || strings.ContainsFunc(parameter, notInName) {
		return invalid("the name is no ARN of a parameter", "write arn:aws:ssm:REGION:ACCOUNT:parameter/NAME")
	}
	return p.session.CheckRegion(ctx, arn)
}

// answers reports whether a parameter is the one that was asked for by id.
func answers(id string, name, arn *string) bool {
	return name != nil && *name == id || session.IsARN(id) && arn != nil && *arn == id
}

func invalid(problem, hint string) error {
	return &secretmux.Error{Class: secretmux.ErrInvalid, Err: errors.New(problem), Hint: hint}
}
