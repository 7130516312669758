package composition_test

import (
	"context"
	"encoding/json"
	"iter"
	"sync"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// A store must not change the promises of a provider, at any place in a composition.
func TestStoreConformance(t *testing.T) {
	store := func(t *testing.T, p secretmux.Provider) *secretmux.Store {
		t.Helper()
		s, err := secretmux.New(p, secretmux.Options{TTL: -1, NegativeTTL: -1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	for name, wrap := range map[string]func(t *testing.T, p secretmux.Provider) secretmux.Provider{
		"store":          func(t *testing.T, p secretmux.Provider) secretmux.Provider { return store(t, p) },
		"store of store": func(t *testing.T, p secretmux.Provider) secretmux.Provider { return store(t, store(t, p)) },
		"chain of store": func(t *testing.T, p secretmux.Provider) secretmux.Provider { return rigs.ChainOf(store(t, p)) },
		"store of chain": func(t *testing.T, p secretmux.Provider) secretmux.Provider {
			return store(t, rigs.ChainOf(memory.New(nil), p))
		},
		"link of store": func(t *testing.T, p secretmux.Provider) secretmux.Provider {
			return secretmux.ContinueOn(store(t, p), secretmux.ErrDenied)
		},
		"replica of store": func(t *testing.T, p secretmux.Provider) secretmux.Provider { return rigs.ReplicasOf(store(t, p)) },
	} {
		t.Run(name, func(t *testing.T) {
			conformance.RunThrough(t, memoryHarness, func(p secretmux.Provider) secretmux.Provider { return wrap(t, p) })
		})
	}
}

func memoryHarness(*testing.T) *conformance.Harness {
	m := memory.New(nil)
	f := faults.New(faults.Options{})
	return &conformance.Harness{
		Provider:       f.Wrap(m),
		Set:            func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
		Delete:         func(_ *testing.T, name string) { m.Delete(name) },
		Disable:        func(_ *testing.T, name string) { m.Disable(name) },
		Hang:           func(_ *testing.T, name string) { f.Inject(faults.Always(faults.Step{Hang: true}, name)) },
		Fail:           func(_ *testing.T, name string, class error) { f.Inject(faults.Always(faults.Step{Err: class}, name)) },
		Fails:          []error{secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled, secretmux.ErrUnavailable, secretmux.ErrCorrupt, secretmux.ErrTooLarge, secretmux.ErrInvalid},
		Down:           func(*testing.T) { f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable})) },
		MissingVersion: "99",
		Calls:          func() int { return m.Calls().Total() },
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols,
			conformance.CapLines, conformance.CapNested, conformance.CapMany, conformance.CapVersions, conformance.CapPrevious,
			conformance.CapCreated, conformance.CapList, conformance.CapDescribe, conformance.CapCheck, conformance.CapDisable, conformance.CapFail,
			conformance.CapHang, conformance.CapDown,
		},
	}
}

// uncached opens config over p and keeps nothing between reads.
func uncached(t *testing.T, config string, p secretmux.Provider) *secretmux.Store {
	t.Helper()
	o := secretmux.Opener{
		Backends: []secretmux.Backend{rigs.Answers("x", p, nil), rigs.Answers("empty", memory.New(nil), nil)},
		Options:  secretmux.Options{TTL: -1, NegativeTTL: -1},
	}
	s, err := o.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// A link of a config string must not change the promises of a provider.
func TestConformanceOfLinks(t *testing.T) {
	for _, config := range []string{
		"x:?only=**", "empty:,x:?only=**", "empty:?only=nothing,x:", "x:?retry=off&timeout=20s", "x:?only=**|x:?only=**",
	} {
		t.Run(config, func(t *testing.T) {
			conformance.RunThrough(t, memoryHarness, func(p secretmux.Provider) secretmux.Provider { return uncached(t, config, p) })
		})
	}
}

// The members of a document are ordinary secrets. A JSON string holds no binary value,
// one document fails and hangs as a whole, and its earlier versions still have a member
// that is gone.
func TestConformanceOfADocument(t *testing.T) {
	for _, config := range []string{"x:?document=app", "empty:,x:?document=app&only=**"} {
		t.Run(config, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Harness { return documentHarness(t, config) })
		})
	}
}

func documentHarness(t *testing.T, config string) *conformance.Harness {
	t.Helper()
	m := memory.New(map[string]string{"app": "{}"})
	var mu sync.Mutex
	members := map[string]string{}
	change := func(t *testing.T, f func()) {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		f()
		text, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		m.Set("app", string(text))
	}
	return &conformance.Harness{
		Provider: unversioned{uncached(t, config, m)},
		Set:      func(t *testing.T, name string, value []byte) { change(t, func() { members[name] = string(value) }) },
		Delete:   func(t *testing.T, name string) { change(t, func() { delete(members, name) }) },
		Calls:    func() int { return m.Calls().Total() },
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols, conformance.CapLines,
			conformance.CapNested, conformance.CapMany, conformance.CapCreated, conformance.CapList, conformance.CapCheck,
		},
	}
}

// unversioned is s without its versions.
type unversioned struct{ s *secretmux.Store }

func (u unversioned) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return u.s.Get(ctx, name)
}

func (u unversioned) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	return u.s.GetMany(ctx, names)
}

func (u unversioned) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return u.s.List(ctx, prefix)
}
func (u unversioned) Check(ctx context.Context) error { return u.s.Check(ctx) }
func (u unversioned) Close() error                    { return u.s.Close() }
func (u unversioned) String() string                  { return u.s.String() }
