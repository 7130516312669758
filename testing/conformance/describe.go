package conformance

import (
	"context"
	"time"

	"github.com/secretmux/secretmux"
)

func describeCases() []conformanceCase {
	needs := []Capability{CapDescribe}
	return []conformanceCase{
		{name: "describe", needs: needs, run: describe},
		{name: "describe fails", needs: needs, run: describeFails},
	}
}

// describe checks that Describe returns the version that Get reads now, and the time
// when that was made.
func describe(tr *trial) {
	var last secretmux.Info
	for _, v := range []string{"one", "two"} {
		tr.Set(tr.t, "alpha", value(v))
		info, err := secretmux.Describe(tr.ctx(), tr.p, "alpha")
		secret, getErr := tr.get(tr.ctx(), "alpha")
		switch {
		case err != nil || getErr != nil:
			tr.clean(err)
			tr.Errorf("Describe: %v, Get: %v", err, getErr)
		case info.Name != "alpha":
			tr.Errorf("Describe gives another name than it was asked for")
		case leaks(info.Version + info.Source):
			tr.Errorf("Describe yields a part of a value")
		case info.Version != "" && info.Version != secret.Version():
			tr.Errorf("Describe gives another version than Get")
		case info.VersionCreated.IsZero() || time.Until(info.VersionCreated) > time.Hour:
			tr.Errorf("VersionCreated is unknown or in the future")
		case !secret.Created().IsZero() && info.VersionCreated.Sub(secret.Created()).Abs() > time.Second:
			tr.Errorf("Describe says that the version was made at another time than Get says")
		case info.VersionCreated.Before(last.VersionCreated):
			tr.Errorf("the new version is older than the one before")
		}
		last = info
	}
}

func describeFails(tr *trial) {
	_, err := secretmux.Describe(tr.ctx(), tr.p, "absent")
	tr.wantClass("Describe of an absent secret", secretmux.Secret{}, err, secretmux.ErrNotFound)
	for _, bad := range []string{"", "/alpha", "alpha/", "a//b", "..", "a\nb"} {
		_, err := secretmux.Describe(tr.ctx(), tr.p, bad)
		tr.wantClass("Describe of a name that is not valid", secretmux.Secret{}, err, secretmux.ErrInvalid)
	}
	tr.Set(tr.t, "alpha", value("a"))
	ctx, cancel := context.WithCancel(tr.t.Context())
	cancel()
	_, err = secretmux.Describe(ctx, tr.p, "alpha")
	tr.wantContext("Describe with a context that ended", secretmux.Secret{}, err, context.Canceled)
	tr.Delete(tr.t, "alpha")
	_, err = secretmux.Describe(tr.ctx(), tr.p, "alpha")
	tr.wantClass("Describe after Delete", secretmux.Secret{}, err, secretmux.ErrNotFound)
}
