package secretmux

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/secretmux/secretmux/internal/jsonobject"
	"github.com/secretmux/secretmux/internal/shared"
)

// document is the provider of a link with document=: each name is a member of one
// JSON object, which is a secret of the provider below. Between reads it keeps
// only a fetch that has not begun, so that reads which arrive together cost one
// call.
type document struct {
	inner Provider
	name  string // of the secret that holds the object
	// absent says that a missing object means that all its members are absent.
	absent bool

	reads shared.Reads[*members]
}

var (
	_ ManyGetter    = (*document)(nil)
	_ VersionGetter = (*document)(nil)
	_ Lister        = (*document)(nil)
	_ Describer     = (*document)(nil)
)

func newDocument(inner Provider, pol policy) *document {
	return &document{
		inner: inner, name: pol.document, absent: pol.documentAbsent,
		reads: shared.Reads[*members]{Unreturned: errPanicked},
	}
}

func (d *document) String() string { return sourceOf(d.inner) }

func (d *document) Check(ctx context.Context) error { return Check(ctx, d.inner) }

func (d *document) Close() error { return Close(d.inner) }

// BackendName is the document's own: what a message of a broker is about.
func (d *document) BackendName(string) string {
	if p, ok := d.inner.(interface{ BackendName(name string) string }); ok {
		return p.BackendName(d.name)
	}
	return d.name
}

func (d *document) Get(ctx context.Context, name string) (Secret, error) {
	all, err := d.share(ctx)
	if err != nil {
		return Secret{}, err
	}
	return all.get(name)
}

func (d *document) GetMany(ctx context.Context, names []string) ([]Result, error) {
	all, err := d.share(ctx)
	results := make([]Result, len(names))
	for i, name := range names {
		if results[i] = (Result{Name: name, Err: err}); err == nil {
			results[i].Secret, results[i].Err = all.get(name)
		}
	}
	return results, nil
}

// GetVersion reads a member of a version of the document.
func (d *document) GetVersion(ctx context.Context, name, version string) (Secret, error) {
	secret, err := GetVersion(ctx, d.inner, d.name, version)
	if err != nil {
		return Secret{}, err
	}
	all, err := d.open(secret, nil)
	if err != nil {
		return Secret{}, err
	}
	return all.get(name)
}

// List yields the members whose names start with prefix and that Get would accept.
func (d *document) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		all, err := d.share(ctx)
		if err != nil {
			yield(Info{}, err)
			return
		}
		meta := all.secret.meta()
		for _, key := range slices.Sorted(maps.Keys(all.byKey)) {
			if !strings.HasPrefix(key, prefix) || ValidateName(key) != nil {
				continue
			}
			info := Info{Name: key, Version: meta.Version, Created: meta.Created, VersionCreated: meta.Created, Expires: meta.Expires}
			if !yield(info, nil) {
				return
			}
		}
	}
}

// Describe returns what the backend says about the document that name is a member of.
func (d *document) Describe(ctx context.Context, name string) (Info, error) {
	all, err := d.share(ctx)
	if err != nil {
		return Info{}, err
	}
	if _, err := all.get(name); err != nil {
		return Info{}, err
	}
	info, err := Describe(ctx, d.inner, d.name)
	info.Name = name
	return info, err
}

// share reads the object, with those who ask for it at the same time.
func (d *document) share(ctx context.Context) (*members, error) {
	return d.reads.Do(ctx, func(ctx context.Context) (*members, error) {
		secret, err := d.inner.Get(ctx, d.name)
		return d.open(secret, err)
	})
}

// open makes the members of what a read of the object brought. An object that
// does not exist is ErrInvalid: a misspelt document= must not make each of its
// secrets "absent", which lets a chain go on to a weaker source.
func (d *document) open(secret Secret, err error) (*members, error) {
	switch {
	case err == nil && secret.IsZero():
		return nil, errNoAnswer
	case err == nil:
	case !errors.Is(ClassOf(err), ErrNotFound):
		return nil, err
	case d.absent:
		return &members{}, nil
	default:
		return nil, &Error{
			Op: "get", Source: sourceOf(d.inner), Class: ErrInvalid, Err: errors.New("the secret " + quoted(d.name) + " of document= does not exist"),
			Hint: "create it, mend document=, or write missing=absent to go on without it",
		}
	}
	object, err := jsonobject.Parse(secret.raw())
	if err == nil {
		err = object.Unique()
	}
	if err != nil {
		return nil, fieldError("", secret.Source(), err)
	}
	return &members{secret: secret, byKey: object.Members}, nil
}

// members are those of one version of the document.
type members struct {
	secret Secret
	byKey  map[string]json.RawMessage
}

// get returns the member for name: "db/password" is the member db/password,
// db_password or DB_PASSWORD. Two of them would be two answers.
func (m *members) get(name string) (Secret, error) {
	lower := strings.ReplaceAll(name, "/", "_")
	var found json.RawMessage
	for i, key := range []string{name, lower, strings.ToUpper(lower)} {
		raw, ok := m.byKey[key]
		if !ok || slices.Contains([]string{name, lower, strings.ToUpper(lower)}[:i], key) {
			continue
		}
		if found != nil {
			return Secret{}, &Error{
				Op: "get", Name: name, Class: ErrInvalid, Err: errors.New("the document has two members for this name"),
				Hint: "keep one of the spellings name, name with _ for /, and that in upper case",
			}
		}
		found = raw
	}
	if found == nil || bytes.Equal(found, []byte("null")) {
		return Secret{}, &Error{
			Op: "get", Name: name, Class: ErrNotFound, Err: errors.New("the document of document= has no such member"),
			Hint: "add it to the document, as the name, with _ for /, or in upper case",
		}
	}
	value, err := jsonobject.Text(found)
	if err != nil {
		return Secret{}, fieldError(name, m.secret.Source(), err)
	}
	return m.secret.WithValue(value), nil
}
