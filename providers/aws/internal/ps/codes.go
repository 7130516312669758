package ps

import (
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

const (
	opGet       = "GetParameter"
	opBatch     = "GetParameters"
	hintKey     = "its KMS key can't decrypt it; check that the key is enabled and that the role has kms:Decrypt on it"
	hintWhole   = "the call as a whole was refused, which says nothing of any one parameter; read them one at a time"
	hintDecrypt = "the role lacks kms:Decrypt on the KMS key of the parameter, or the key is disabled"
)

func corrupt(problem string) error {
	return session.Corrupt(problem, "check that the endpoint is that of Parameter Store")
}

// codes classifies the codes that are Parameter Store's own, and names the
// permissions.
func codes(f *session.Failure) (class error, hint string) {
	switch f.Code {
	case "ParameterNotFound", "ParameterVersionNotFound", "ParameterVersionLabelNotFound":
		switch {
		case !f.Of(opGet):
			return secretmux.ErrInvalid, hintWhole
		case !f.Certain():
			return f.Class, f.Hint
		}
		return secretmux.ErrNotFound, ""
	case "InvalidKeyId":
		return secretmux.ErrDenied, hintKey
	}
	denied := errors.Is(f.Class, secretmux.ErrDenied)
	switch {
	case strings.HasPrefix(f.Code, "KMS") && !errors.Is(f.Class, secretmux.ErrThrottled), denied && f.Says("kms"):
		return secretmux.ErrDenied, hintDecrypt
	case denied && f.Hint == "":
		return f.Class, lacks(f)
	}
	return f.Class, f.Hint
}

func lacks(f *session.Failure) string {
	hint := "the role lacks ssm:" + f.Answer.Operation
	if f.Of(opGet) || f.Of(opBatch) {
		hint += " on the parameter"
	}
	return hint
}
