package ps

import (
	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

const (
	opGet   = "GetParameter"
	opBatch = "GetParameters"
)

const hintWhole = "read the parameters one at a time: the service refused the whole batch and does not say which one is wrong"

func corrupt(problem string) error {
	return session.Corrupt(problem, "check that the endpoint belongs to Parameter Store")
}

// codes classifies the codes that only Parameter Store has, and names the
// permissions.
func codes(f *session.CallError) (class error, hint string) {
	switch f.Code {
	case "ParameterNotFound", "ParameterVersionNotFound", "ParameterVersionLabelNotFound":
		switch {
		case !f.Of(opGet):
			return secretmux.ErrInvalid, hintWhole
		case !f.Certain():
			return f.Class, f.Hint
		}
		return secretmux.ErrNotFound, ""
	}
	permission := "ssm:" + f.Answer.Operation
	if f.Of(opGet) || f.Of(opBatch) {
		permission += " on the parameter"
	}
	return f.Refusal(permission, "parameter")
}
