package ps_test

import (
	"net/http/httptest"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestFaultScript(t *testing.T) {
	faultscript.Run(t, subject)
}

func subject(t *testing.T, f faultscript.Fault) *faultscript.Subject {
	t.Helper()
	switch f {
	case faultscript.RefusedConnection:
		return &faultscript.Subject{Provider: open(t, at("http://"+faultscript.Refused(t))), Calls: func() int { return 0 }}
	case faultscript.NXDomain:
		none := &faultscript.NoHost{}
		opts := at("")
		opts.Transport = none
		return &faultscript.Subject{Provider: open(t, opts), Calls: none.Calls}
	case faultscript.WrongChecksum:
		return &faultscript.Subject{NotApplicable: "the service sends no checksum of a value"}
	case faultscript.Deleted, faultscript.Disabled:
		return &faultscript.Subject{NotApplicable: "a parameter is deleted at once, and can't be disabled"}
	}
	if handler, ok := faultscript.HTTP(t, f); ok {
		counted, calls := faultscript.Count(handler)
		server := httptest.NewServer(counted)
		t.Cleanup(server.Close)
		return &faultscript.Subject{Provider: open(t, at(server.URL)), Calls: calls}
	}
	a := newAccount(t)
	play(a, f)
	return &faultscript.Subject{Provider: open(t, at(a.url)), Calls: func() int { return a.calls() }}
}

// play brings about the faults of the service's own protocol.
func play(a *account, f faultscript.Fault) {
	const name = faultscript.DefaultName
	a.set(name, []byte(faultscript.Canary))
	a.set(name, []byte(faultscript.Canary+"2"))
	switch f {
	case faultscript.Absent:
		delete(a.parameters, name)
	case faultscript.Denied:
		a.refuse["GetParameter"] = reply{"AccessDeniedException", "User is not authorized to read " + faultscript.Canary}
	case faultscript.Unauthenticated:
		a.refuse["GetParameter"] = reply{"InvalidSignatureException", "x-amz-security-token:" + faultscript.Credential}
	case faultscript.Backwards:
		a.shape = func(_ string, answer map[string]any) any {
			a.parameters[name].values = a.parameters[name].values[:1]
			return answer
		}
	}
}

// The service's own form of throttling, which needs no status of HTTP.
func TestThrottled(t *testing.T) {
	a := newAccount(t)
	a.refuse["GetParameter"] = reply{"ThrottlingException", "Rate exceeded"}
	_, err := open(t, at(a.url)).Get(t.Context(), "db/password")
	wantClass(t, err, secretmux.ErrThrottled)
	if a.calls() != 1 {
		t.Errorf("%d calls, want 1", a.calls())
	}
}
