package vault

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/secretmux/secretmux"
)

// readV2 reads a version of a secret. An empty version means the current one. See
// https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version.
func (p *Provider) readV2(ctx context.Context, name, version string) (secretmux.Secret, error) {
	r := get(p.below("data", name))
	if version != "" {
		r.query = url.Values{"version": {version}}
	}
	// A proof counts from before the request was sent. The mount may be replaced
	// while the answer is on its way.
	sent := time.Now()
	a, _, err := p.do(ctx, r)
	if err != nil {
		return secretmux.Secret{}, err
	}
	v, err := a.versioned()
	if v.known {
		// A deleted version counts too: the secret exists. Both are noted before the error is
		// judged, so that a later 404 for this name needs a fresh proof.
		p.mount.saw(name, version)
		p.mount.proved(sent)
	}
	switch {
	case errors.Is(err, errAbsent):
		return secretmux.Secret{}, p.mount.absent(ctx, name, version)
	case err != nil:
		return secretmux.Secret{}, err
	case version != "" && v.meta.Version != version:
		// A proxy has dropped the query, so this is the latest version and not the
		// one asked for. A wrong version must be an error: a caller that asks for the
		// previous password must not get the new one.
		return secretmux.Secret{}, errMalformed
	}
	return p.secret(v.doc, v.meta)
}

// versioned is an answer of KV version 2.
type versioned struct {
	doc  []byte
	meta secretmux.Meta
	// known says that only a KV engine of version 2 can have given the answer.
	known bool
}

// versionData is the data part of an answer of KV version 2. Metadata is a pointer,
// because its absence is the mark of a version 1 mount.
type versionData struct {
	Data     json.RawMessage `json:"data"`
	Metadata *struct {
		Version   int64     `json:"version"`
		Created   time.Time `json:"created_time"`
		Deletion  string    `json:"deletion_time"`
		Destroyed bool      `json:"destroyed"`
	} `json:"metadata"`
}

// versioned reads an answer of KV version 2. Besides 200, only 404 can be about a
// version: the server answers it for an absent secret, and also for a deleted or
// destroyed one, with metadata in the body.
func (a answer) versioned() (versioned, error) {
	if a.status != http.StatusOK && a.status != http.StatusNotFound {
		return versioned{}, a.unexpected()
	}
	e, err := a.open()
	if err != nil {
		return versioned{}, err
	}
	if isNull(e.Data) {
		// The engine warns about a path without data/ or metadata/. That happens if
		// the real mount is deeper than the one in the link. The warning is the
		// only sign of that mistake, so an answer with a warning must not count as
		// an absent secret.
		return versioned{}, a.without(e, errNoMount)
	}
	var d versionData
	if json.Unmarshal(e.Data, &d) != nil || d.Metadata == nil {
		if _, err := object(e.Data); err == nil && a.status == http.StatusOK {
			return versioned{}, errWantsV1 // a version 1 secret whose name starts with data/
		}
		return versioned{}, errMalformed
	}
	return d.read(a.status == http.StatusOK)
}

// read returns the version, or the error for its state. Only an answer with status
// 200 has data. A deletion time in such an answer is in the future:
// delete_version_after has been set, and the version is still there.
func (d versionData) read(ok bool) (versioned, error) {
	m := d.Metadata
	deletion, err := time.Parse(time.RFC3339Nano, m.Deletion)
	if m.Version < 1 || err != nil && m.Deletion != "" {
		return versioned{}, errMalformed
	}
	// Only KV version 2 puts a numbered version and its state beside the data, so
	// this answer proves what the mount is.
	v := versioned{known: true, meta: secretmux.Meta{Version: strconv.FormatInt(m.Version, 10), Created: m.Created}}
	switch {
	case m.Destroyed: // asked before the deletion time, which a destroyed version keeps
		return v, errDestroyed
	case !ok && m.Deletion != "":
		return v, errDeleted
	// The version is neither deleted nor destroyed, and still the status is 404. No known server
	// sends this, and it would be a guess to believe either.
	case !ok:
		return versioned{}, errMalformed
	case m.Deletion != "":
		v.meta.Expires = deletion
	}
	if string(d.Data) == "null" {
		return v, errNull // the API lets a client write null
	}
	v.doc, err = object(d.Data)
	return v, err
}

// readV1 reads a secret of KV version 1, which has no versions and no times. The
// version is a digest of the document, so that a change of content still looks like
// a new version.
func (p *Provider) readV1(ctx context.Context, name string) (secretmux.Secret, error) {
	a, _, err := p.do(ctx, get(p.below("", name)))
	if err != nil {
		return secretmux.Secret{}, err
	}
	doc, err := a.plain(errWantsV2)
	if errors.Is(err, errAbsent) {
		return secretmux.Secret{}, p.mount.absent(ctx, name, "")
	}
	if err != nil {
		return secretmux.Secret{}, err
	}
	p.mount.saw(name, "") // not a proof of the mount: any engine answers in this form
	return p.secret(doc, secretmux.Meta{Version: secretmux.ContentVersion(doc)})
}

// plain returns the data of an answer without versions. warned is the error for an
// answer that has a warning and no data: what the warning means depends on the path
// that was asked for.
func (a answer) plain(warned error) ([]byte, error) {
	if a.status != http.StatusOK && a.status != http.StatusNotFound {
		return nil, a.unexpected()
	}
	e, err := a.open()
	switch {
	case err != nil:
		return nil, err
	case isNull(e.Data):
		return nil, a.without(e, warned)
	case a.status == http.StatusNotFound:
		return nil, errMalformed // the answer has data, but the status of an absent secret
	}
	return object(e.Data)
}

// without decides what an answer without data means. Only one form means "absent":
// status 404, an empty list of errors, and nothing else. The order of the cases
// matters, because a wrapped answer or a warning can also come with 404 and without
// errors.
//
// The official client calls all of these "secret not found". In a chain, that would
// turn a wrong path into an older value of the next link.
func (a answer) without(e envelope, warned error) error {
	switch {
	case !isNull(e.Wrap):
		return errWrapped
	case len(e.Warnings) > 0:
		return warned
	case a.status == http.StatusNotFound && len(e.Errors) > 0:
		return errNoMount
	case a.status == http.StatusNotFound && e.Errors != nil:
		return errAbsent
	}
	return errMalformed
}

// unexpected is the error for a status that is neither 200 nor 404. A 204 has no
// body: the path takes writes and gives no answer, so it is not a secret.
func (a answer) unexpected() error {
	if a.status == http.StatusNoContent {
		return errEmpty
	}
	return a.refusal()
}
