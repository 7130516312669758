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
	"sync"
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

	mu      sync.Mutex
	running *fetch
	next    *fetch // waits for running to end
}

var (
	_ ManyGetter    = (*document)(nil)
	_ VersionGetter = (*document)(nil)
	_ Lister        = (*document)(nil)
	_ Describer     = (*document)(nil)
)

// fetch is one read of the object that several readers share.
type fetch struct {
	turn  chan struct{} // one token: the caller that takes it makes the read
	begun bool          // guarded by document.mu

	done    chan struct{} // closed when the fields below are set
	members *members
	err     error
	left    bool // the reader who made the read was gone before it ended
}

func (d *document) String() string                  { return sourceOf(d.inner) }
func (d *document) Check(ctx context.Context) error { return Check(ctx, d.inner) }
func (d *document) Close() error                    { return Close(d.inner) }

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

// share joins a fetch that has not begun, or makes one. One that is under way may
// have read the object already, so that what it brings may be older than the call:
// it is never joined. The fetch is made by one of its readers, with that reader's
// context. When that ends, the others begin anew.
func (d *document) share(ctx context.Context) (*members, error) {
	for {
		f := d.join()
		select {
		case <-f.done:
		case <-f.turn:
			d.run(ctx, f)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if !f.left || ctx.Err() != nil {
			return f.members, f.err
		}
	}
}

func (d *document) join() *fetch {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.running == nil:
		d.running = newFetch()
		d.running.turn <- struct{}{}
		return d.running
	case !d.running.begun: // all who waited for it have left, or are about to begin
		return d.running
	case d.next == nil:
		d.next = newFetch()
	}
	return d.next
}

func newFetch() *fetch { return &fetch{turn: make(chan struct{}, 1), done: make(chan struct{})} }

// run makes the read of f and hands on the turn.
func (d *document) run(ctx context.Context, f *fetch) {
	d.mu.Lock()
	f.begun = true
	d.mu.Unlock()
	f.err = errPanicked // should the provider panic or end this goroutine
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.running, d.next = d.next, nil; d.running != nil {
			d.running.turn <- struct{}{}
		}
		close(f.done)
	}()
	secret, err := d.inner.Get(ctx, d.name)
	f.members, f.err = d.open(secret, err)
	// A time limit of the backend's own looks the same, but holds for all readers.
	f.left = f.err != nil && ctx.Err() != nil
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
	object, err := parseObject(secret.raw())
	if err == nil && len(object.twice) > 0 {
		err = errDuplicateKey
	}
	if err != nil {
		return nil, fieldError("", secret.Source(), err)
	}
	return &members{secret: secret, byKey: object.members}, nil
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
	value, err := fieldText(found)
	if err != nil {
		return Secret{}, fieldError(name, m.secret.Source(), err)
	}
	return m.secret.WithValue(value), nil
}
