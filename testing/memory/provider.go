package memory

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/secretmux/secretmux"
)

// Provider is an in-memory backend, and also the provider that reads it. It is safe
// for concurrent use, and so are its changes. Its reads fail with ErrNotFound,
// ErrDisabled, ErrInvalid for a bad name, or the error of an ended ctx.
//
// Close is counted and has no other effect: the Provider belongs to the test, which
// may open it again to test a restart.
type Provider struct {
	mu      sync.Mutex
	secrets map[string]*entry
	last    map[string]int // the highest version number a name ever had
	calls   Calls
	reads   map[string]int
}

var (
	_ secretmux.Provider      = (*Provider)(nil)
	_ secretmux.ManyGetter    = (*Provider)(nil)
	_ secretmux.VersionGetter = (*Provider)(nil)
	_ secretmux.Lister        = (*Provider)(nil)
	_ secretmux.Checker       = (*Provider)(nil)
)

// New returns a Provider that holds a first version of each of secrets, which may be
// nil. It copies the map. It panics in the same cases as [Provider.Set].
func New(secrets map[string]string) *Provider {
	m := &Provider{secrets: map[string]*entry{}, last: map[string]int{}, reads: map[string]int{}}
	for name, value := range secrets {
		m.Set(name, value)
	}
	return m
}

// String returns "memory:".
func (m *Provider) String() string { return "memory:" }

// Get returns the current version.
func (m *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return m.GetVersion(ctx, name, "")
}

// GetVersion returns the version with the id that Set returned, or the current or
// previous one. An unknown id is ErrNotFound.
func (m *Provider) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	op := "get version"
	if version == "" {
		op = "get"
	}
	if err := admit(ctx, op, name); err != nil {
		return secretmux.Secret{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if version == "" {
		m.calls.Get++
	} else {
		m.calls.GetVersion++
	}
	return m.readLocked(op, name, version)
}

// GetMany reads names as one call. Each name that fails has an error of its own.
func (m *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, ended("get", "", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	results := make([]secretmux.Result, len(names))
	asked := 0
	for i, name := range names {
		results[i].Name = name
		if results[i].Err = secretmux.ValidateName(name); results[i].Err == nil {
			asked++
			results[i].Secret, results[i].Err = m.readLocked("get", name, "")
		}
	}
	if asked > 0 {
		m.calls.GetMany++
	}
	return results, nil
}

// List yields the names that start with prefix in alphabetical order, even those of
// disabled secrets. It yields the secrets that exist when it starts.
func (m *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(secretmux.Info{}, ended("list", "", err))
			return
		}
		for _, info := range m.infos(prefix) {
			if err := ctx.Err(); err != nil {
				yield(secretmux.Info{}, ended("list", "", err))
				return
			}
			if !yield(info, nil) {
				return
			}
		}
	}
}

func (m *Provider) infos(prefix string) []secretmux.Info {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls.List++
	var infos []secretmux.Info
	for name, e := range m.secrets {
		if strings.HasPrefix(name, prefix) {
			s := e.versions[len(e.versions)-1]
			infos = append(infos, secretmux.Info{
				Name: name, Version: s.Version(), Created: s.Created(), VersionCreated: s.Created(), Expires: s.Expires(), Source: m.String(),
			})
		}
	}
	slices.SortFunc(infos, func(a, b secretmux.Info) int { return strings.Compare(a.Name, b.Name) })
	return infos
}

// Check returns nil unless ctx has ended.
func (m *Provider) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return ended("check", "", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls.Check++
	return nil
}

// Close returns nil.
func (m *Provider) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls.Close++
	return nil
}
