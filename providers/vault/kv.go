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

// readV2 reads a version of a secret. An empty version means the current one.
func (p *Provider) readV2(ctx context.Context, name, version string) (secretmux.Secret, error) {
	r := get(p.below("data", name))
	if version != "" {
		r.query = url.Values{"version": {version}}
	}
	sent := time.Now()
	a, _, err := p.do(ctx, r)
	if err != nil {
		return secretmux.Secret{}, err
	}
	v, err := a.versioned()
	if v.known { // also for a deleted version: the secret exists
		p.mount.saw(name, version)
		p.mount.proved(sent)
	}
	switch {
	case errors.Is(err, errAbsent):
		return secretmux.Secret{}, p.mount.absent(ctx, name, version)
	case err != nil:
		return secretmux.Secret{}, err
	case version != "" && v.meta.Version != version:
		// A proxy has dropped the query, so this is the latest version and not
		// the one asked for.
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

type versionData struct {
	Data     json.RawMessage `json:"data"`
	Metadata *struct {
		Version   int64     `json:"version"`
		Created   time.Time `json:"created_time"`
		Deletion  string    `json:"deletion_time"`
		Destroyed bool      `json:"destroyed"`
	} `json:"metadata"`
}

func (a answer) versioned() (versioned, error) {
	if a.status != http.StatusOK && a.status != http.StatusNotFound {
		return versioned{}, a.unexpected()
	}
	e, err := a.open()
	if err != nil {
		return versioned{}, err
	}
	if isNull(e.Data) {
		// The engine warns about a path without data/ or metadata/. That happens
		// if the real mount is deeper than the one in the link.
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

// read returns the version, or the error for its state. Only an answer with
// status 200 has data. A deletion time in such an answer is in the future.
func (d versionData) read(ok bool) (versioned, error) {
	m := d.Metadata
	deletion, err := time.Parse(time.RFC3339Nano, m.Deletion)
	if m.Version < 1 || err != nil && m.Deletion != "" {
		return versioned{}, errMalformed
	}
	// Only KV version 2 puts a numbered version and its state beside the data, so
	// such an answer proves what the mount is.
	v := versioned{known: true, meta: secretmux.Meta{Version: strconv.FormatInt(m.Version, 10), Created: m.Created}}
	switch {
	case m.Destroyed: // before the deletion time, which a destroyed version keeps
		return v, errDestroyed
	case !ok && m.Deletion != "":
		return v, errDeleted
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

// readV1 reads a secret of KV version 1, which has no versions and no times.
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

// plain returns the data of an answer without versions. warned is the error for
// an answer that has a warning and no data.
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
		return nil, errMalformed // data with the status of an absent secret
	}
	return object(e.Data)
}

// without decides what an answer without data means. Only one form means
// "absent": status 404, an empty list of errors, and nothing else. The order of
// the cases matters, because a wrapped answer or a warning can also come with 404
// and without errors.
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

// unexpected is the error for a status that is neither 200 nor 404.
func (a answer) unexpected() error {
	if a.status == http.StatusNoContent {
		return errEmpty
	}
	return a.refusal()
}
