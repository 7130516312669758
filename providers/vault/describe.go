package vault

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/secretmux/secretmux"
)

// Describe returns what the metadata says about the current version: its number,
// when it was made, when it ends, and whether it is deleted or destroyed. It makes
// one call, which reads no value and needs "read" on the path below metadata/. KV
// version 1 and dynamic secrets have no metadata, so the error is
// errors.ErrUnsupported. A lease has no age, only an end.
//
// Get needs another permission. A policy that allows only data/ makes Describe
// ErrDenied, and that says nothing about Get.
func (p *Provider) Describe(ctx context.Context, name string) (secretmux.Info, error) {
	err := p.admit(ctx, name)
	if err == nil && (p.opts.Dynamic || p.opts.KV == 1) {
		err = errNoMetadata
	}
	var info secretmux.Info
	if err == nil {
		info, err = p.metadata(ctx, name)
	}
	if err != nil {
		// An error may show that the mount was replaced. Then the proof that other
		// readers rely on ends here too.
		p.mount.doubt(err)
		return secretmux.Info{}, p.fail("describe", name, err)
	}
	info.Name, info.Source = name, p.source
	return info, nil
}

// metadata is the part of the answer that is used
// (https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-metadata).
// Versions is a map and not a list, because the engine may have dropped the oldest ones. Its
// keys are the numbers, as text.
type metadata struct {
	Current  int64     `json:"current_version"`
	Created  time.Time `json:"created_time"`
	Updated  time.Time `json:"updated_time"`
	Versions map[string]struct {
		Created   time.Time `json:"created_time"`
		Deletion  string    `json:"deletion_time"`
		Destroyed bool      `json:"destroyed"`
	} `json:"versions"`
}

func (p *Provider) metadata(ctx context.Context, name string) (secretmux.Info, error) {
	a, _, err := p.do(ctx, get(p.below("metadata", name)))
	if err != nil {
		return secretmux.Info{}, err
	}
	data, err := a.plain(errNoMount)
	switch {
	case errors.Is(err, errAbsent):
		// A bare 404 proves as little here as it does for Get.
		return secretmux.Info{}, p.mount.absent(ctx, name, "")
	case err != nil:
		return secretmux.Info{}, err
	}
	var m metadata
	if json.Unmarshal(data, &m) != nil || m.Versions == nil {
		return secretmux.Info{}, errMalformed
	}
	return m.info()
}

// info describes the current version. If metadata was written before the first version, there is
// no secret yet. The error is ErrDisabled then and not ErrNotFound: the name was prepared for a
// value, so a chain must not go on to an older value of another link.
func (m *metadata) info() (secretmux.Info, error) {
	info := secretmux.Info{Created: m.Created, Updated: m.Updated}
	version := strconv.FormatInt(m.Current, 10)
	v, ok := m.Versions[version]
	switch {
	case m.Current == 0 && len(m.Versions) == 0:
		return secretmux.Info{}, errNoVersion
	case !ok || v.Created.IsZero():
		return secretmux.Info{}, errMalformed
	}
	// A version is usable if it is neither destroyed nor deleted. A deletion time in the future
	// comes from delete_version_after: the version still answers, and ends at that time.
	enabled := !v.Destroyed
	if v.Deletion != "" {
		deletion, err := time.Parse(time.RFC3339Nano, v.Deletion)
		if err != nil {
			return secretmux.Info{}, errMalformed
		}
		if info.Expires = deletion; !deletion.After(time.Now()) {
			enabled = false
		}
	}
	info.Version, info.VersionCreated, info.Enabled = version, v.Created, &enabled
	return info, nil
}
