package vault

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
)

// engine is the kind of engine that the mount should be. A proof for one kind does not count for
// another: each kind answers a bare 404 to the paths of the others.
type engine int

const (
	engineV2 engine = iota
	engineV1
	engineDynamic
)

func (o Options) engine() engine {
	switch {
	case o.Dynamic:
		return engineDynamic
	case o.KV == 1:
		return engineV1
	}
	return engineV2
}

// lookAtMount asks the server what the mount is. Vault answers this path for every
// token that may use the mount, even if no policy names the path itself. So a proof
// needs no further permission. Its own user interface relies on the same path
// (https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts).
func (p *Provider) lookAtMount(ctx context.Context) error {
	a, _, err := p.do(ctx, get("sys/internal/ui/mounts/"+p.opts.Mount))
	if err != nil {
		return err
	}
	return a.proves(p.opts.engine())
}

// proves returns nil if the answer says that the mount is what it should be. Only
// the API's own form counts. A gateway may answer any status with a page of its
// own, and such a page must not turn a wrong mount into an absent secret.
func (a answer) proves(want engine) error {
	e, err := a.open()
	switch a.status {
	case http.StatusOK:
		if err != nil {
			return err
		}
		return e.mountIs(want)
	// The server does not have this path, or the token may not see the mount. Only a list of
	// errors shows that the server itself has answered.
	case http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed:
		if err != nil || e.Errors == nil {
			return errUnproven // for example the answer of a gateway that hides sys/
		}
		if a.status == http.StatusForbidden {
			return errHidden
		}
		return nil // the form is Vault's own: it is a server with the same API that does not have this path
	}
	return a.unexpected()
}

// mountIs compares the engine's type and version with the wanted ones. The error says which
// mistake is in the link, because kv=1 and engine= are the parameters that users forget.
func (e envelope) mountIs(want engine) error {
	var mount struct {
		Type    string            `json:"type"`
		Options map[string]string `json:"options"`
	}
	if json.Unmarshal(e.Data, &mount) != nil || mount.Type == "" {
		return errMalformed
	}
	// "generic" is the older name of version 1, from before version 2 existed.
	isKV, isV2 := mount.Type == "kv" || mount.Type == "generic", mount.Options["version"] == "2"
	// Each of these errors ends a chain. A wrong engine is a mistake in the link,
	// and a link with a mistake has no opinion on whether a secret exists.
	switch {
	case want == engineDynamic && (isKV || slices.Contains([]string{"cubbyhole", "identity", "system"}, mount.Type)):
		return errNoEngine // these engines make no credentials, and answer "404, no errors" for any path
	case want == engineDynamic:
		return nil
	case !isKV:
		return errNoKV
	case want == engineV2 && !isV2:
		return errWantsV1
	case want == engineV1 && isV2:
		return errWantsV2
	}
	return nil
}
