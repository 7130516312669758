package vault

import (
	"context"
	"encoding/json"
	"time"

	"github.com/secretmux/secretmux"
)

// mint reads new credentials from the server. Each call creates a user in a
// database or a key in a cloud, so every path that leads here must be sure that the
// old lease can't be kept.
func (l *leases) mint(ctx context.Context, name string) (*lease, error) {
	// The lease is counted from before the request. The server's clock starts
	// later, so we never serve credentials past their end.
	sent := time.Now()
	r := get(l.p.below("", name))
	// net/http would repeat the GET when a kept connection breaks, and each GET
	// makes credentials and a lease that is lost.
	r.once = true
	a, s, err := l.p.do(ctx, r)
	if err != nil {
		return nil, err
	}
	doc, err := a.plain(errNoMount) // errNoMount is for a warning without data: this engine makes no credentials
	if err != nil {
		return nil, err
	}
	e, err := a.open()
	if err != nil {
		return nil, err
	}
	// There is no lease id: this is a static role, or an engine that hands out something without
	// an end. There is nothing to renew or to revoke.
	if e.LeaseID == "" {
		return unleased(doc, sent), nil
	}
	life := seconds(e.LeaseDuration)
	if life <= 0 {
		life, e.Renewable = endless, false // without a time, keep it: otherwise each read would make new credentials
	}
	return &lease{
		id: hold(e.LeaseID), token: s.token, doc: hold(string(doc)), life: life, ends: sent.Add(life),
		renewable: e.Renewable, renewAt: sent.Add(life / 2), checked: sent, answered: map[string]bool{},
		// The version is a digest: the id of a lease is enough to renew or revoke
		// it, and versions are printed in logs and in Status.
		meta: secretmux.Meta{Version: secretmux.ContentVersion([]byte(e.LeaseID)), Created: sent},
	}, nil
}

// unleased makes a lease from an answer that has none, such as the answer of a
// static role. That answer says when the password was made, and how long it is
// until the next one
// (https://developer.hashicorp.com/vault/api-docs/secret/databases#get-static-credentials).
//
// The field ends stays zero, so judge takes the lease for gone, and every read asks the server.
// That is right here: reading a static role makes nothing.
func unleased(doc []byte, sent time.Time) *lease {
	x := &lease{}
	var (
		fields map[string]json.RawMessage
		static struct {
			Rotated time.Time `json:"last_vault_rotation"`
			TTL     int64     `json:"ttl"`
		}
	)
	// The ttl counts down, so it differs at each read. If it stayed in the
	// document, every read would look like a rotation and would call OnRotate. It
	// is removed only beside a rotation time: another engine's ttl may be a part of
	// its secret.
	if json.Unmarshal(doc, &fields) == nil && json.Unmarshal(doc, &static) == nil && !static.Rotated.IsZero() {
		delete(fields, "ttl")
		if steady, err := json.Marshal(fields); err == nil {
			doc, x.meta.Created = steady, static.Rotated
		}
		if static.TTL > 0 {
			x.meta.Expires = sent.Add(seconds(static.TTL))
		}
	}
	x.doc, x.meta.Version = hold(string(doc)), secretmux.ContentVersion(doc)
	return x
}
