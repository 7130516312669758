package vault

import (
	"context"
	"encoding/json"
	"net/http"
)

// absent says what a bare 404 means: that the secret is absent, once the mount has
// proved to be what it should be. A KV engine of version 1 gives the same answer
// to paths of version 2. What can't be told now is the error of trying.
func (p *Provider) absent(ctx context.Context) error {
	if !p.proven.Load() {
		if err := p.prove(ctx); err != nil {
			return err
		}
	}
	return errAbsent
}

func (p *Provider) prove(ctx context.Context) error {
	a, _, err := p.do(ctx, get("sys/internal/ui/mounts/"+p.opts.Mount))
	switch {
	case err != nil:
		return err
	case a.status == http.StatusNotFound, a.status == http.StatusMethodNotAllowed:
		return nil // a server without this path
	case a.status != http.StatusOK:
		return a.unexpected()
	}
	e, err := a.open()
	if err != nil {
		return err
	}
	var mount struct {
		Type    string            `json:"type"`
		Options map[string]string `json:"options"`
	}
	switch {
	case json.Unmarshal(e.Data, &mount) != nil || mount.Type == "":
		return errMalformed
	case mount.Type != "kv" && mount.Type != "generic":
		return errNoKV
	case mount.Options["version"] != "2":
		return errWantsV1
	}
	p.proven.Store(true)
	return nil
}
