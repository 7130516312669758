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

// document is the provider of a link with document=. Each name is a member of one JSON object,
// which is a secret of the provider below. Between reads it keeps only a fetch that has not
// begun, so that reads which arrive together cost one call.
type document struct {
	inner Provider
	name  string // of the secret that holds the object
	// absent says that a missing object means that all its members are absent.
	absent bool

	// reads lets callers that come together share a read. A document keeps nothing else between
	// two reads: a second cache below the store's would make values older than their TTL.
	reads shared.Reads[*members]
}

var (
	_ ManyGetter    = (*document)(nil)
	_ VersionGetter = (*document)(nil)
	_ Lister        = (*document)(nil)
	_ Describer     = (*document)(nil)
)

// newDocument is for newLink, which puts the document between the link and its provider. The
// link then bounds and counts reads of the object like any others, and gives them its source.
func newDocument(inner Provider, pol policy) *document {
	return &document{
		inner: inner, name: pol.document, absent: pol.documentAbsent,
		reads: shared.Reads[*members]{Unreturned: errPanicked},
	}
}

// The three methods below call the provider's: a document is a view, and neither opens nor holds
// anything.
func (d *document) String() string { return sourceOf(d.inner) }

func (d *document) Check(ctx context.Context) error { return Check(ctx, d.inner) }

func (d *document) Close() error { return Close(d.inner) }

// BackendName is that of the document, because a message of a broker is about the document.
func (d *document) BackendName(string) string {
	if p, ok := d.inner.(interface{ BackendName(name string) string }); ok {
		return p.BackendName(d.name)
	}
	return d.name
}

// Get reads the whole object even for one member: no backend of ours can read a part of a
// secret.
func (d *document) Get(ctx context.Context, name string) (Secret, error) {
	all, err := d.share(ctx)
	if err != nil {
		return Secret{}, err
	}
	return all.get(name)
}

// GetMany makes one read, whose error becomes the error of each name. It is never the error of
// the call as a whole: the link would then read the names one by one, and each of these reads
// would be the same one.
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
//
// The read is not shared: the same old version is hardly ever read twice at a time.
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
			// The object may have a key that is not a name, for another program. A list must not
			// offer what Get refuses.
			if !strings.HasPrefix(key, prefix) || ValidateName(key) != nil {
				continue
			}
			// All members have the dates of the object. It is not known which of them
			// changed last, so Updated stays unknown.
			info := Info{Name: key, Version: meta.Version, Created: meta.Created, VersionCreated: meta.Created, Expires: meta.Expires}
			if !yield(info, nil) {
				return
			}
		}
	}
}

// Describe returns what the backend says about the document that name is a member of.
//
// The member has to be there: a list of ages must not have a line for a secret that does not
// exist. So the value is read, which a Describe without document= does not do.
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

// share reads the object together with other callers that ask for it at the same time.
//
// Twenty cold reads at a time make at most two calls. Nobody may join the one that has begun,
// because it may have read the object earlier than they asked; so they share the next.
func (d *document) share(ctx context.Context) (*members, error) {
	return d.reads.Do(ctx, func(ctx context.Context) (*members, error) {
		secret, err := d.inner.Get(ctx, d.name)
		return d.open(secret, err)
	})
}

// open makes the members from what a read of the object brought. An object that does not exist
// is ErrInvalid: a misspelt document= must not make each of its secrets "absent", which lets a
// chain go on to a weaker source.
func (d *document) open(secret Secret, err error) (*members, error) {
	switch {
	// The link makes this check for members. Here it is made for the object.
	case err == nil && secret.IsZero():
		return nil, errNoAnswer
	case err == nil:
	// An outage, a denial and the like of the object are those of its members too.
	case !errors.Is(ClassOf(err), ErrNotFound):
		return nil, err
	// Without members each name is absent, as missing=absent asks for.
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
		// A key that is there twice makes the whole object invalid, and not only its own member:
		// the parser of another program may take the other value, and nobody would notice.
		err = object.Unique()
	}
	if err != nil {
		return nil, fieldError("", secret.Source(), err)
	}
	return &members{secret: secret, byKey: object.Members}, nil
}

// members are the members of one version of the document.
//
// They are kept as JSON text: most of them are not asked for, and a value should not be
// in memory twice.
type members struct {
	// secret is the object, whose version and dates its members take over.
	secret Secret
	byKey  map[string]json.RawMessage
}

// get returns the member for name: "db/password" is the member db/password,
// db_password or DB_PASSWORD. Two of them would be two answers.
func (m *members) get(name string) (Secret, error) {
	// The spellings are those of a name, of a field in JSON, and of an environment
	// variable, so that a .env file can move into one secret as it is.
	lower := strings.ReplaceAll(name, "/", "_")
	var found json.RawMessage
	for i, key := range []string{name, lower, strings.ToUpper(lower)} {
		// For a name such as "port" two spellings are the same key. Then there is no clash.
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
	// null means absent, as in a #field: a template that leaves the value out means that there
	// is none.
	if found == nil || bytes.Equal(found, []byte("null")) {
		return Secret{}, &Error{
			Op: "get", Name: name, Class: ErrNotFound, Err: errors.New("the document of document= has no such member"),
			Hint: "add it to the document, as the name, with _ for /, or in upper case",
		}
	}
	// A string is decoded, so that the value is the same as it would be in a secret of
	// its own.
	value, err := jsonobject.Text(found)
	if err != nil {
		return Secret{}, fieldError(name, m.secret.Source(), err)
	}
	return m.secret.WithValue(value), nil
}
