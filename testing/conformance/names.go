package conformance

import (
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
)

func nameCases() []conformanceCase {
	return []conformanceCase{
		{name: "bad names", run: badNames},
		{name: "odd names", run: oddNames},
		{name: "nested names", needs: []Capability{CapNested}, run: nestedNames},
	}
}

// Every provider refuses refusedNames. Through a store a name is a reference, so
// names with "?" or "#" are not valid either.
func refusedNames() []string {
	return []string{
		"", " ", "/", ".", "..", "//", "../..",
		"/" + nameCanary, nameCanary + "/", nameCanary + "//b", "../" + nameCanary, nameCanary + "/../b", "./" + nameCanary,
		nameCanary + "/.", " " + nameCanary, nameCanary + "\t", nameCanary + "\n", "a\x00" + nameCanary, nameCanary + "\r\nb",
		nameCanary + "\x7f", nameCanary + "\u0085b", nameCanary + "\xff", nameCanary + "?x", nameCanary + "##x", "#" + nameCanary,
		strings.Repeat(nameCanary, 100),
	}
}

func badNames(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	before := tr.calls()
	for _, name := range refusedNames() {
		secret, err := tr.get(tr.ctx(), name)
		tr.wantClass("Get of a malformed name", secret, err, secretmux.ErrInvalid)
		secret, err = secretmux.GetVersion(tr.ctx(), tr.p, name, secretmux.VersionCurrent)
		tr.wantClass("GetVersion of a malformed name", secret, err, secretmux.ErrInvalid)
		for _, r := range readMany(tr.ctx(), tr.p, name) {
			tr.wantClass("GetMany of a malformed name", r.Secret, r.Err, secretmux.ErrInvalid)
		}
	}
	if after := tr.calls(); after != before {
		tr.Errorf("malformed names made %d calls of the backend, want none", after-before)
	}
}

func (tr *trial) calls() int {
	if tr.Calls == nil {
		return 0
	}
	return tr.Calls()
}

func nestedNames(tr *trial) {
	names := []string{"outer/inner/leaf", "outer/inner/other", "outer/side"}
	for _, name := range names {
		tr.Set(tr.t, name, value(name))
	}
	for _, name := range names {
		secret, err := tr.get(tr.ctx(), name)
		tr.wantValue("Get of "+name, secret, err, value(name))
	}
	for _, name := range []string{"outer/inner/absent", "outer/absent/leaf"} {
		secret, err := tr.get(tr.ctx(), name)
		tr.wantClass("Get of "+name, secret, err, secretmux.ErrNotFound)
	}
}

// oddNames are names that change their meaning in a URL without escaping:
// alpha%2Fbeta becomes alpha/beta, %2e%2e the folder above, and ; the end. Each of
// them must be refused or absent, and must never read another secret.
func oddNames(tr *trial) {
	known := []string{"alpha", "beta"}
	if tr.can(CapNested) {
		known = append(known, "outer/inner", "outer/side")
	}
	for _, name := range known {
		tr.Set(tr.t, name, value(name))
		// Here a provider that maps names to keys learns which name has the key.
		secret, err := tr.get(tr.ctx(), name)
		tr.wantValue("Get of "+name, secret, err, value(name))
	}
	for _, name := range []string{
		"outer%2Finner", "outer%2finner", "outer%252Finner", "outer/side/%2e%2e/inner", "outer/%2E%2E/alpha", "x/%2e%2e/alpha", "%2e%2e/alpha",
		"%61lpha", "alpha%00", "alpha%20", "alpha;beta", "alpha;v=1", "outer\\inner", "..\\alpha", "outer+inner", "outer inner", "alpha&x=beta",
		"alpha%3Fversion=1", "alpha%23x", "alpha:beta", "alpha,beta", "alpha*", "{alpha}", "@alpha", "alpha\u200b", "alph\u0430",
	} {
		secret, err := tr.get(tr.ctx(), name)
		tr.wantNoSecret("Get of "+name, secret, err)
		for _, r := range readMany(tr.ctx(), tr.p, "alpha", name, "beta") {
			if r.Name == name {
				tr.wantNoSecret("GetMany with "+name, r.Secret, r.Err)
			} else {
				tr.wantValue("GetMany of "+r.Name+" beside "+name, r.Secret, r.Err, value(r.Name))
			}
		}
	}
}

// wantNoSecret checks a read of a name that is refused or absent.
func (tr *trial) wantNoSecret(what string, got secretmux.Secret, err error) {
	tr.Helper()
	class := secretmux.ErrNotFound
	if errors.Is(secretmux.ClassOf(err), secretmux.ErrInvalid) {
		class = secretmux.ErrInvalid
	}
	tr.wantClass(what, got, err, class)
}
