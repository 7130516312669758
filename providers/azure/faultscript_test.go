package azure_test

import (
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestFaultScript(t *testing.T) { faultscript.Run(t, openFaulty) }

// openFaulty makes a provider that has met the vault's challenge and logged in,
// over a fake that then plays the fault.
func openFaulty(t *testing.T, fault faultscript.Fault) *faultscript.Subject {
	f := newFake(t)
	switch fault {
	case faultscript.WrongChecksum:
		return &faultscript.Subject{NotApplicable: "Key Vault sends no checksum"}
	case faultscript.RefusedConnection:
		client := dialing(t, f.server, faultscript.Refused(t))
		return &faultscript.Subject{Provider: f.open(t, func(o *azure.Options) { o.HTTPClient = client }), Calls: func() int { return 0 }}
	case faultscript.NXDomain:
		none := &faultscript.NoHost{}
		client := &http.Client{Transport: none}
		return &faultscript.Subject{Provider: f.open(t, func(o *azure.Options) { o.HTTPClient = client }), Calls: none.Calls}
	}
	f.set(faultscript.DefaultName, faultscript.Canary)
	p := f.open(t, nil)
	if err := p.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	login := f.calls()
	subject := &faultscript.Subject{Provider: p, Calls: func() int { return f.calls() - login }}
	h, ok := faultscript.HTTP(t, fault)
	if !ok {
		h = f.play(t, fault, subject)
	}
	if h != nil {
		f.handle("/secrets/"+faultscript.DefaultName, h)
	}
	return subject
}

// play plays the faults of Key Vault's own protocol.
func (f *fake) play(t *testing.T, fault faultscript.Fault, s *faultscript.Subject) http.Handler {
	t.Helper()
	switch fault {
	case faultscript.Absent:
		f.purge(faultscript.DefaultName)
	case faultscript.Deleted:
		f.softDelete(faultscript.DefaultName)
	case faultscript.Disabled:
		f.disable(faultscript.DefaultName)
	case faultscript.Denied:
		return failWith(http.StatusForbidden, "Forbidden", "ForbiddenByRbac", faultscript.Canary)
	case faultscript.Unauthenticated:
		s.Want, s.MaxCalls, s.Reason = []error{secretmux.ErrUnauthenticated}, 2, "a 401 is a challenge, which the SDK answers once with a new token"
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", challenge)
			reply(w, http.StatusUnauthorized, map[string]any{"error": map[string]any{"code": "Unauthorized", "message": faultscript.Canary}})
		})
	case faultscript.Backwards:
		older := f.set(faultscript.DefaultName, faultscript.Canary+"1")
		newer := f.set(faultscript.DefaultName, faultscript.Canary+"2")
		next := newer
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			reply(w, http.StatusOK, f.bundle(faultscript.DefaultName, next))
			next = older
		})
	default:
		t.Fatalf("the fake can't play %q", fault)
	}
	return nil
}
