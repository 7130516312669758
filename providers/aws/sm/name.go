package sm

import (
	"context"
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

// maxName is from the reference of CreateSecret.
const maxName = 512

// id returns the SecretId of a name, or an ErrInvalid that is made without a call.
func (p *Provider) id(ctx context.Context, name string) (string, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return "", err
	}
	if session.IsARN(name) {
		return name, p.checkARN(ctx, name)
	}
	full := p.session.Prefix() + name
	if len(full) > maxName || strings.ContainsFunc(full, notInName) {
		return "", invalid("the name is none of Secrets Manager's",
			"write at most 512 letters, digits and /_+=.@- characters, or a whole ARN")
	}
	return full, nil
}

func notInName(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("/_+=.@-", r)
}

// checkARN refuses an ARN of another service, and of another region.
func (p *Provider) checkARN(ctx context.Context, name string) error {
	arn, ok := session.ParseARN(name)
	secret, isSecret := strings.CutPrefix(arn.Resource, "secret:")
	if !ok || arn.Service != "secretsmanager" || !isSecret || strings.ContainsFunc(secret, notInName) {
		return invalid("the name is no ARN of a secret", "write arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX")
	}
	return p.session.CheckRegion(ctx, arn)
}

// answers reports whether a secret is the one that was asked for by id. The
// service appends six random characters to the name in an ARN and lets callers
// leave them out.
func answers(id string, name, arn *string) bool {
	if !session.IsARN(id) {
		return name != nil && *name == id
	}
	return arn != nil && (*arn == id || len(*arn) == len(id)+7 && strings.HasPrefix(*arn, id+"-"))
}

func invalid(problem, hint string) error {
	return &secretmux.Error{Class: secretmux.ErrInvalid, Err: errors.New(problem), Hint: hint}
}
