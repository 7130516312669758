package conformance

import (
	"errors"

	"github.com/secretmux/secretmux"
)

func failureCases() []conformanceCase {
	return []conformanceCase{
		{name: "disabled", needs: []Capability{CapDisable}, run: disabled},
		{name: "failures", needs: []Capability{CapFail}, run: failures},
		{name: "down", needs: []Capability{CapDown}, run: down},
	}
}

// everyRead reads name in each possible way and calls f with each result.
func (tr *trial) everyRead(name string, f func(what string, secret secretmux.Secret, err error)) {
	secret, err := tr.get(tr.ctx(), name)
	f("Get", secret, err)
	for _, r := range readMany(tr.ctx(), tr.p, name) {
		f("GetMany", r.Secret, r.Err)
	}
	secret, err = secretmux.GetVersion(tr.ctx(), tr.p, name, secretmux.VersionCurrent)
	f("GetVersion of current", secret, err)
}

func disabled(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	tr.Set(tr.t, "beta", value("b"))
	tr.Disable(tr.t, "alpha")
	tr.everyRead("alpha", func(what string, secret secretmux.Secret, err error) {
		tr.wantClass(what+" of a disabled secret", secret, err, secretmux.ErrDisabled)
	})
	tr.everyRead("beta", func(what string, secret secretmux.Secret, err error) {
		tr.wantValue(what+" beside a disabled secret", secret, err, value("b"))
	})
}

// failures opens a harness for each class, because a chain delays all calls for a
// while after ErrThrottled.
func failures(tr *trial) {
	for _, class := range tr.Fails {
		tr.fresh(class.Error(), func(tr *trial) {
			tr.Set(tr.t, "alpha", value("a"))
			tr.Fail(tr.t, "alpha", class)
			tr.everyRead("alpha", func(what string, secret secretmux.Secret, err error) {
				tr.wantClass(what+" of a secret that was made to fail", secret, err, class)
			})
		})
	}
}

// down checks that an outage does not look like absence. Otherwise a chain would go
// on to a weaker source.
func down(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	tr.Down(tr.t)
	for _, name := range []string{"alpha", "absent"} {
		tr.everyRead(name, func(what string, secret secretmux.Secret, err error) {
			tr.wantOutage(what, err)
			if !secret.IsZero() {
				tr.Errorf("%s: a secret from a backend that is down", what)
			}
		})
	}
	if tr.can(CapCheck) {
		tr.wantOutage("Check", secretmux.Check(tr.ctx(), tr.p))
	}
	if tr.can(CapList) {
		_, err := tr.listOf(tr.ctx(), tr.p, "")
		tr.wantOutage("List", err)
	}
}

func (tr *trial) wantOutage(what string, err error) {
	tr.Helper()
	if err == nil {
		tr.Errorf("%s of a backend that is down: no error", what)
		return
	}
	tr.clean(err)
	class := secretmux.ClassOf(err)
	for _, want := range []error{secretmux.ErrUnavailable, secretmux.ErrUnauthenticated, secretmux.ErrDenied} {
		if errors.Is(class, want) {
			return
		}
	}
	tr.Errorf("%s of a backend that is down: the class is %q, want unavailable, unauthenticated or denied", what, classText(class))
}
