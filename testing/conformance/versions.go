package conformance

import (
	"github.com/secretmux/secretmux"
)

func versionCases() []conformanceCase {
	return []conformanceCase{
		{name: "versions", needs: []Capability{CapVersions}, run: versions},
		{name: "missing version", needs: []Capability{CapVersions}, run: missingVersion},
		{name: "previous", needs: []Capability{CapVersions, CapPrevious}, run: previous},
	}
}

func (tr *trial) wantVersion(version, v string) {
	tr.Helper()
	secret, err := secretmux.GetVersion(tr.ctx(), tr.p, "alpha", version)
	tr.wantValue("GetVersion of the id of a version", secret, err, value(v))
}

// versions sets three versions, so that one id is neither the first nor the current
// one.
func versions(tr *trial) {
	var ids []string
	values := []string{"one", "two", "three"}
	for _, v := range values {
		tr.Set(tr.t, "alpha", value(v))
		secret, err := tr.get(tr.ctx(), "alpha")
		tr.wantValue("Get", secret, err, value(v))
		if secret.Version() == "" {
			tr.Fatalf("a secret does not say its version")
		}
		ids = append(ids, secret.Version())
	}
	for i, v := range values {
		secret, err := secretmux.GetVersion(tr.ctx(), tr.p, "alpha", ids[i])
		tr.wantValue("GetVersion of an id that Get returned", secret, err, value(v))
		if err == nil && secret.Version() != ids[i] {
			tr.Errorf("GetVersion returned a secret with another version than was asked for")
		}
	}
	tr.wantVersion(secretmux.VersionCurrent, "three")
}

// missingVersion checks that a missing version never returns the latest one instead.
func missingVersion(tr *trial) {
	secret, err := secretmux.GetVersion(tr.ctx(), tr.p, "absent", tr.MissingVersion)
	tr.wantClass("GetVersion of an absent secret", secret, err, secretmux.ErrNotFound)
	tr.Set(tr.t, "alpha", value("a"))
	secret, err = secretmux.GetVersion(tr.ctx(), tr.p, "alpha", tr.MissingVersion)
	tr.wantClass("GetVersion of a missing version", secret, err, secretmux.ErrNotFound)

	current, err := tr.get(tr.ctx(), "alpha")
	tr.wantValue("Get", current, err, value("a"))
	tr.Delete(tr.t, "alpha")
	secret, err = secretmux.GetVersion(tr.ctx(), tr.p, "alpha", secretmux.VersionCurrent)
	tr.wantClass("GetVersion of current after Delete", secret, err, secretmux.ErrNotFound)
	if id := current.Version(); id != "" {
		secret, err = secretmux.GetVersion(tr.ctx(), tr.p, "alpha", id)
		tr.wantClass("GetVersion of an id after Delete", secret, err, secretmux.ErrNotFound)
	}
}

func previous(tr *trial) {
	tr.Set(tr.t, "alpha", value("one"))
	secret, err := secretmux.GetVersion(tr.ctx(), tr.p, "alpha", secretmux.VersionPrevious)
	tr.wantClass("GetVersion of previous where there is one version", secret, err, secretmux.ErrNotFound)
	for _, step := range []struct{ set, previous string }{{"two", "one"}, {"three", "two"}} {
		tr.Set(tr.t, "alpha", value(step.set))
		tr.wantVersion(secretmux.VersionCurrent, step.set)
		tr.wantVersion(secretmux.VersionPrevious, step.previous)
	}
}
