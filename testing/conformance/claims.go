package conformance

import (
	"errors"
	"fmt"
	"slices"

	"github.com/secretmux/secretmux"
)

func (h *Harness) can(c Capability) bool { return slices.Contains(h.Capabilities, c) }

// problem says what is missing in a harness. It is empty if nothing is missing.
func (h *Harness) problem() string {
	if h == nil || h.Provider == nil || h.Set == nil || h.Delete == nil {
		return "Provider, Set and Delete are required"
	}
	levers := map[Capability]bool{
		CapEmpty: true, CapBinary: true, CapLarge: true, CapUnicode: true, CapSymbols: true, CapLines: true,
		CapNested: true, CapMany: true, CapCreated: true, CapList: true, CapDescribe: true, CapCheck: true,
		CapVersions: h.MissingVersion != "",
		CapPrevious: h.can(CapVersions),
		CapDisable:  h.Disable != nil,
		CapFail:     h.Fail != nil && len(h.Fails) > 0,
		CapHang:     h.Hang != nil,
		CapDown:     h.Down != nil,
	}
	for _, c := range h.Capabilities {
		switch ready, known := levers[c]; {
		case !known:
			return fmt.Sprintf("the capability %q is unknown", c)
		case !ready:
			return fmt.Sprintf("the capability %q lacks its fields; see its comment", c)
		}
	}
	for _, class := range h.Fails {
		if !slices.Contains(classes(), class) {
			return "Fails may hold only the Err variables of secretmux"
		}
	}
	return ""
}

// interfaces checks that the provider has the optional interfaces that the harness
// claims, and no others: a chain and a cache rely on the methods of the type.
// GetVersion, List and Describe may return errors.ErrUnsupported instead of being
// left out.
func interfaces(tr *trial) {
	_, many := tr.Provider.(secretmux.ManyGetter)
	_, versions := tr.Provider.(secretmux.VersionGetter)
	_, list := tr.Provider.(secretmux.Lister)
	_, describe := tr.Provider.(secretmux.Describer)
	_, check := tr.Provider.(secretmux.Checker)
	tr.Set(tr.t, "alpha", value("a"))
	if versions && !tr.can(CapVersions) {
		_, err := secretmux.GetVersion(tr.ctx(), tr.Provider, "alpha", secretmux.VersionPrevious)
		versions = !errors.Is(err, errors.ErrUnsupported)
	}
	if list && !tr.can(CapList) {
		_, err := tr.listOf(tr.ctx(), tr.Provider, "")
		list = !errors.Is(err, errors.ErrUnsupported)
	}
	if describe && !tr.can(CapDescribe) {
		_, err := secretmux.Describe(tr.ctx(), tr.Provider, "alpha")
		describe = !errors.Is(err, errors.ErrUnsupported)
	}
	for _, i := range []struct {
		name       string
		capability Capability
		has        bool
	}{
		{"ManyGetter", CapMany, many},
		{"VersionGetter", CapVersions, versions},
		{"Lister", CapList, list},
		{"Describer", CapDescribe, describe},
		{"Checker", CapCheck, check},
	} {
		switch claimed := tr.can(i.capability); {
		case claimed && !i.has:
			tr.Errorf("the harness claims %q, but the provider is not a secretmux.%s", i.capability, i.name)
		case !claimed && i.has:
			tr.Errorf("the provider is a secretmux.%s, but the harness does not claim %q", i.name, i.capability)
		}
	}
}

// unclaimed checks that a call that the provider can't answer says so, and that the
// package functions fall back, even through decorators.
func unclaimed(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	current, err := secretmux.GetVersion(tr.ctx(), tr.p, "alpha", secretmux.VersionCurrent)
	tr.wantValue("GetVersion of current", current, err, value("a"))
	if !tr.can(CapVersions) {
		s, err := secretmux.GetVersion(tr.ctx(), tr.p, "alpha", "1")
		tr.wantUnsupported("GetVersion", s, err)
	}
	if !tr.can(CapPrevious) {
		s, err := secretmux.GetVersion(tr.ctx(), tr.p, "alpha", secretmux.VersionPrevious)
		if err == nil || !s.IsZero() {
			tr.Errorf("GetVersion of previous answered, but the harness does not claim %q", CapPrevious)
		}
		tr.clean(err)
	}
	if !tr.can(CapList) {
		_, err := tr.listOf(tr.ctx(), tr.p, "")
		tr.wantUnsupported("List", secretmux.Secret{}, err)
	}
	if err := secretmux.Check(tr.ctx(), tr.p); err != nil {
		tr.clean(err)
		tr.Errorf("Check of a backend that works: %v", err)
	}
}
