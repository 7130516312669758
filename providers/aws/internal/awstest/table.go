package awstest

import (
	"fmt"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// Fill calls set for n names and returns the names.
func Fill(n int, set func(name string)) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("app/secret-%03d", i)
		set(names[i])
	}
	return names
}

// List returns the names of a list, and its error. It fails t if an entry has no
// version.
func List(t *testing.T, p *aws.Provider, prefix string) ([]string, error) {
	t.Helper()
	var names []string
	for info, err := range p.List(t.Context(), prefix) {
		if err != nil {
			return names, err
		}
		if info.Version == "" || info.Source != p.String() {
			t.Errorf("%s has the version %q of %s", info.Name, info.Version, info.Source)
		}
		names = append(names, info.Name)
	}
	return names, nil
}

// Name is a name that is asked for, with the class of the error. A nil class means
// that the value is faultscript.Canary.
type Name struct {
	Name  string
	Class error
}

// Get reads a name from a service that has not been called yet. ErrInvalid must come
// without a call.
func (n Name) Get(t *testing.T, s *Server, p *aws.Provider) {
	t.Helper()
	secret, err := p.Get(t.Context(), n.Name)
	WantClass(t, err, n.Class)
	if n.Class == nil && secret.Reveal() != faultscript.Canary {
		t.Error("another value")
	}
	if invalid := secretmux.ClassOf(err) == secretmux.ErrInvalid; invalid != (s.Calls() == 0) {
		t.Errorf("%d calls", s.Calls())
	}
}

// Version is a version of the secret db that is asked for. It has the value or the
// class of the error, and the number of calls.
type Version struct {
	Version, Want string
	Class         error
	Calls         int
}

// Get reads the version.
func (v Version) Get(t *testing.T, s *Server, p *aws.Provider) {
	t.Helper()
	before := s.Calls()
	secret, err := p.GetVersion(t.Context(), "db", v.Version)
	WantClass(t, err, v.Class)
	if secret.Reveal() != v.Want {
		t.Error("the value is not the value of this version")
	}
	if n := s.Calls() - before; n != v.Calls {
		t.Errorf("%d calls, want %d", n, v.Calls)
	}
}
