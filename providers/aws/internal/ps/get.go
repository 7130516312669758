package ps

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// Get reads the parameter with this id, decrypted. An empty version means the highest
// one. previous is the number before the highest, and needs two calls.
func (s *Service) Get(ctx context.Context, id, version string) (secretmux.Secret, error) {
	switch {
	case version == secretmux.VersionPrevious:
		return s.previous(ctx, id)
	case version != "" && !number(version) && !label(version):
		return secretmux.Secret{}, secretmux.Invalid("get version", "the version is neither a number nor a label",
			"write a number from 1, a label, current or previous")
	}
	in := ssm.GetParameterInput{Name: aws.String(id), WithDecryption: aws.Bool(true)}
	if version != "" {
		in.Name = aws.String(id + ":" + version)
	}
	out, err := session.Call(ctx, s.Session, func(c *calls) (*ssm.GetParameterOutput, error) {
		return c.GetParameter(ctx, &in)
	})
	switch {
	case err != nil:
		return secretmux.Secret{}, s.orRooted(err, id)
	case out.Parameter == nil:
		return secretmux.Secret{}, corrupt("the answer has no parameter")
	case !answers(id, out.Parameter.Name, out.Parameter.ARN):
		return secretmux.Secret{}, corrupt("the answer is not for the parameter that was asked for")
	case !hasVersion(version, out.Parameter):
		return secretmux.Secret{}, corrupt("the answer is not for the version that was asked for")
	}
	return s.secret(out.Parameter)
}

// orRooted adds a hint to the error for an absent parameter of one level. It is
// easily confused with the parameter whose name starts with /.
func (s *Service) orRooted(err error, id string) error {
	var f *session.CallError
	if errors.As(err, &f) && errors.Is(f.Class, secretmux.ErrNotFound) && !strings.Contains(id, "/") {
		f.Hint = "the name was sent without a / at its start; " + Scheme + "://REGION// reads the parameter whose name starts with /"
	}
	return err
}

func (s *Service) secret(from *types.Parameter) (secretmux.Secret, error) {
	if from.Value == nil {
		return secretmux.Secret{}, corrupt("the answer has no value")
	}
	meta := secretmux.Meta{Source: s.Config().Source}
	if from.Version > 0 {
		meta.Version = strconv.FormatInt(from.Version, 10)
	}
	if from.LastModifiedDate != nil {
		meta.Created = *from.LastModifiedDate // the time of this version
	}
	return secretmux.NewSecret([]byte(*from.Value), meta), nil
}
