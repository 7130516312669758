package ps

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

var (
	numberLike = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)
	// labelLike follows the reference of LabelParameterVersion: a label does not
	// start with a digit.
	labelLike = regexp.MustCompile(`^[A-Za-z_.-][A-Za-z0-9_.-]{0,99}$`)
)

func number(version string) bool { return numberLike.MatchString(version) }
func label(version string) bool  { return labelLike.MatchString(version) }

func (s *Service) previous(ctx context.Context, id string) (secretmux.Secret, error) {
	now, err := s.Get(ctx, id, "")
	if err != nil {
		return secretmux.Secret{}, err
	}
	n, err := strconv.ParseInt(now.Version(), 10, 64)
	switch {
	case err != nil:
		return secretmux.Secret{}, corrupt("the answer has no version")
	case n == 1:
		return secretmux.Secret{}, &session.CallError{Class: secretmux.ErrNotFound, Cause: errors.New("the current version is the first one")}
	}
	return s.Get(ctx, id, strconv.FormatInt(n-1, 10))
}

// hasVersion reports whether an answer is the version that was asked for. A server
// that ignores a selector answers with the current version. The service repeats the
// selector.
func hasVersion(selector string, answer *types.Parameter) bool {
	switch {
	case selector == "":
		return true
	case number(selector):
		return strconv.FormatInt(answer.Version, 10) == selector
	}
	return answer.Selector != nil && strings.TrimPrefix(*answer.Selector, ":") == selector
}
