package awstest

import (
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// Secrets are the secrets of a service. Their names are the service's own.
type Secrets struct {
	// Full returns the service's name of a secret. Set and Delete are called with it.
	Full func(name string) string
	// Set adds a version.
	Set func(full string, value []byte)
	// Delete removes all versions. The Server is locked while it runs.
	Delete func(full string)
}

// Harness returns the parts of a conformance.Harness that are the same for both
// services. p is a Provider that calls s.
func (s *Server) Harness(p secretmux.Provider, secrets Secrets) *conformance.Harness {
	full, last := secrets.Full, map[string][]byte{}
	return &conformance.Harness{
		Provider: p,
		Set: func(_ *testing.T, name string, value []byte) {
			last[name] = value
			secrets.Set(full(name), value)
		},
		Delete: func(_ *testing.T, name string) { s.Do(func() { secrets.Delete(full(name)) }) },
		Hang:   func(_ *testing.T, name string) { s.Do(func() { s.Hang[full(name)] = true }) },
		Down:   func(*testing.T) { s.Do(func() { s.Down = true }) },
		Fail: func(_ *testing.T, name string, class error) {
			s.Do(func() { s.Fail[full(name)] = s.failing(class, string(last[name])) })
		},
		Fails: []error{
			secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled, secretmux.ErrUnavailable,
			secretmux.ErrInvalid, secretmux.ErrCorrupt, secretmux.ErrTooLarge,
		},
		Calls: func() int { return s.Calls() },
	}
}

// Subject returns the subject of a fault below the service's own protocol, or nil for
// other faults.
func Subject[P secretmux.Provider](t *testing.T, f faultscript.Fault, open func(*testing.T, aws.Options) P) *faultscript.Subject {
	t.Helper()
	switch f {
	case faultscript.RefusedConnection:
		return &faultscript.Subject{Provider: open(t, At("http://"+faultscript.Refused(t))), Calls: func() int { return 0 }}
	case faultscript.NXDomain:
		none := &faultscript.NoHost{}
		opts := At("")
		opts.Transport = none
		return &faultscript.Subject{Provider: open(t, opts), Calls: none.Calls}
	case faultscript.WrongChecksum:
		return &faultscript.Subject{NotApplicable: "the service sends no checksum of a value"}
	}
	handler, ok := faultscript.HTTP(t, f)
	if !ok {
		return nil
	}
	counted, calls := faultscript.Count(handler)
	return &faultscript.Subject{Provider: open(t, At(serve(t, counted))), Calls: calls}
}
