package ps

import (
	"context"
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

// What is wrong with an answer that the SDK took.
var (
	errNoValue          = errors.New("the answer has no value")
	errAnotherParameter = errors.New("the answer is not for the parameter and version that were asked for")
	errNoList           = errors.New("the answer has no list")
	errEndless          = errors.New("the answer leads back to a page that was read")
)

// errFirst is why a parameter of one version has no previous one.
var errFirst = errors.New("the current version is the first one")

// opBatch is "get" made by the batch call. Callers see "get".
const opBatch = "get many"

// operation is the call behind the op of an error.
func operation(op string) string {
	switch op {
	case "list", "check":
		return "DescribeParameters"
	case opBatch:
		return "GetParameters"
	}
	return "GetParameter"
}

// classify makes the one error type of every failure here.
func (p *Provider) classify(ctx context.Context, op, name string, err error) error {
	f := failure(ctx, op, err)
	if op == opBatch {
		op = "get"
	}
	return p.session.Error(op, name, p.source, f)
}

func failure(ctx context.Context, op string, err error) session.Failure {
	if errors.Is(err, errFirst) {
		return session.Failure{Class: secretmux.ErrNotFound, Cause: errFirst}
	}
	for _, corrupt := range []error{errNoValue, errAnotherParameter, errNoList, errEndless} {
		if errors.Is(err, corrupt) {
			return session.Failure{Class: secretmux.ErrCorrupt, Hint: "check that the endpoint is that of Parameter Store", Cause: corrupt}
		}
	}
	f := session.FailureOf(ctx, operation(op), err)
	if f.Code != "" {
		f.Class, f.Hint = codeClass(op, f)
	}
	return f
}

// codeClass classifies the codes that are Parameter Store's own, and names the
// permissions.
func codeClass(op string, f session.Failure) (class error, hint string) {
	switch f.Code {
	case "ParameterNotFound", "ParameterVersionNotFound", "ParameterVersionLabelNotFound":
		switch {
		case operation(op) != "GetParameter":
			return secretmux.ErrInvalid, "the call as a whole was refused, which says nothing of any one parameter; check the endpoint"
		case !f.Certain():
			return f.Class, f.Hint
		}
		return secretmux.ErrNotFound, ""
	case "InvalidKeyId":
		return secretmux.ErrDenied, "its KMS key can't decrypt it; check that the key is enabled and that the role has kms:Decrypt on it"
	}
	switch {
	case strings.HasPrefix(f.Code, "KMS") && !errors.Is(f.Class, secretmux.ErrThrottled),
		errors.Is(f.Class, secretmux.ErrDenied) && f.Says("kms"):
		return secretmux.ErrDenied, "the role lacks kms:Decrypt on the KMS key of the parameter, or the key is disabled"
	case errors.Is(f.Class, secretmux.ErrDenied) && f.Hint == "":
		return f.Class, "the role lacks ssm:" + operation(op) + permissionScope(op)
	}
	return f.Class, f.Hint
}

func permissionScope(op string) string {
	if op == "list" || op == "check" {
		return ""
	}
	return " on the parameter"
}
