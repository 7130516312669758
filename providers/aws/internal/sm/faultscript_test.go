package sm_test

import (
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestFaultScript(t *testing.T) {
	faultscript.Run(t, subject)
}

func subject(t *testing.T, f faultscript.Fault) *faultscript.Subject {
	t.Helper()
	if subject := awstest.Subject(t, f, open); subject != nil {
		return subject
	}
	a := newAccount(t)
	play(a, f)
	return &faultscript.Subject{Provider: open(t, awstest.At(a.URL)), Calls: func() int { return a.Calls() }}
}

// play brings about the faults of the service's own protocol.
func play(a *account, f faultscript.Fault) {
	const name = faultscript.DefaultName
	older := a.set(name, []byte(faultscript.Canary))
	newer := a.set(name, []byte(faultscript.Canary+"2"))
	switch f {
	case faultscript.Absent:
		delete(a.secrets, name)
	case faultscript.Deleted:
		a.secrets[name].deleted = true
	case faultscript.Disabled:
		a.secrets[name].labels = nil // it exists and has no current value
	case faultscript.Denied:
		a.Refused["GetSecretValue"] = awstest.Refuse("AccessDeniedException", "User is not authorized to read "+faultscript.Canary)
	case faultscript.Unauthenticated:
		a.Refused["GetSecretValue"] = awstest.Refuse("InvalidSignatureException", "x-amz-security-token:"+faultscript.Credential)
	case faultscript.Backwards:
		a.Shape = func(_ string, answer map[string]any) any {
			if answer["VersionId"] == newer {
				a.secrets[name].labels["AWSCURRENT"] = older
			}
			return answer
		}
	}
}
