package conformance

import (
	"strings"

	"github.com/secretmux/secretmux"
)

func nameCases() []conformanceCase {
	return []conformanceCase{
		{name: "bad names", run: badNames},
		{name: "nested names", needs: []Capability{CapNested}, run: nestedNames},
	}
}

// refusedNames are refused by every provider. Through a store a name is a
// reference, so those with "?" and "#" are no references either.
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
