package seal_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/seal"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestConformance(t *testing.T) {
	i := boxOf(t, newKeyset())
	conformance.Run(t, func(*testing.T) *conformance.Harness {
		m, f := memory.New(nil), faults.New(faults.Options{})
		inject := func(step faults.Step, names ...string) { f.Inject(faults.Always(step, names...)) }
		return &conformance.Harness{
			Provider: seal.Provider(f.Wrap(m), i.Box),
			Set:      func(_ *testing.T, name string, value []byte) { m.Set(name, must(i.Text(name, value))) },
			Delete:   func(_ *testing.T, name string) { m.Delete(name) },
			Disable:  func(_ *testing.T, name string) { m.Disable(name) },
			Fail: func(_ *testing.T, name string, class error) {
				if class == secretmux.ErrCorrupt { //nolint:errorlint // one of Fails
					m.Set(name, "smx1:"+must(m.Get(t.Context(), name)).Reveal())
					return
				}
				inject(faults.Step{Err: class}, name)
			},
			Fails: []error{
				secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled, secretmux.ErrUnavailable, secretmux.ErrCorrupt,
			},
			Hang:           func(_ *testing.T, name string) { inject(faults.Step{Hang: true}, name) },
			Down:           func(*testing.T) { inject(faults.Step{Err: secretmux.ErrUnavailable}) },
			MissingVersion: "99",
			Calls:          func() int { return m.Calls().Total() },
			Capabilities: []conformance.Capability{
				conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode,
				conformance.CapSymbols, conformance.CapLines, conformance.CapNested, conformance.CapMany,
				conformance.CapVersions, conformance.CapPrevious, conformance.CapCreated, conformance.CapList, conformance.CapDescribe,
				conformance.CapCheck, conformance.CapDisable, conformance.CapFail, conformance.CapHang, conformance.CapDown,
			},
		}
	})
}

// This backend has no optional interface. Its values are sealed on the way to the
// provider, and the suite compares both ends.
func TestConformanceOfLess(t *testing.T) {
	i := boxOf(t, newKeyset())
	conformance.RunThrough(t, func(*testing.T) *conformance.Harness {
		m := memory.New(nil)
		return &conformance.Harness{
			Provider: secretmux.ProviderFunc(m.Get),
			Set:      func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
			Delete:   func(_ *testing.T, name string) { m.Delete(name) },
			Calls:    func() int { return m.Calls().Total() },
		}
	}, func(p secretmux.Provider) secretmux.Provider {
		return seal.Provider(secretmux.ProviderFunc(func(ctx context.Context, name string) (secretmux.Secret, error) {
			s, err := p.Get(ctx, name)
			if err != nil {
				return s, err
			}
			return s.WithValue([]byte(must(i.Text(name, s.Bytes())))), nil
		}), i.Box)
	})
}

func TestWhatTheProviderRefuses(t *testing.T) {
	i := boxOf(t, newKeyset())
	good := must(i.Text("a", []byte(canary)))
	for name, value := range map[string]string{
		"plain": canary, "empty": "", "no base64": "smx1:" + canary + "!", "padded": good + "=", "of another name": must(i.Text("b", []byte(canary))),
		"two line breaks": good + "\n\n", "a later form": "smx2" + good[4:], "nothing": "smx1:",
	} {
		p := seal.Provider(memory.New(map[string]string{"a": value}), i.Box)
		s, err := p.Get(t.Context(), "a")
		if !errors.Is(err, secretmux.ErrCorrupt) || !s.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
		conformance.NoLeak(t, err, canary)
	}
	for _, end := range []string{"", "\n", "\r\n"} {
		p := seal.Provider(memory.New(map[string]string{"a": good + end}), i.Box)
		if s, err := p.Get(t.Context(), "a"); err != nil || s.Reveal() != canary || s.Version() == "" {
			t.Errorf("%q: %v", end, err)
		}
	}
	for _, p := range []secretmux.Provider{seal.Provider(nil, i.Box), seal.Provider(memory.New(nil), nil)} {
		if _, err := p.Get(t.Context(), "a"); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%v", err)
		}
	}
}

// A deleted keyset does not make a secret absent, so a chain must not go on.
func TestALostKeysetIsNoAbsence(t *testing.T) {
	m := memory.New(map[string]string{"k": newKeyset()})
	i := newInstance(t, m, secretmux.Options{})
	m.Delete("k")
	foreign := must(boxOf(t, newKeyset()).Text("a", []byte(canary)))
	_, err := seal.Provider(memory.New(map[string]string{"a": foreign}), i.Box).Get(t.Context(), "a")
	if !errors.Is(err, secretmux.ErrUnavailable) || errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// says is a provider with the three methods that a link looks for.
type says struct{ secretmux.ProviderFunc }

func (says) DefaultTTL() time.Duration      { return 2 * time.Second }
func (says) BackendName(name string) string { return "folder/" + name }
func (says) Retries() bool                  { return false }
func (says) String() string                 { return "says:" }

type asked interface {
	DefaultTTL() time.Duration
	BackendName(string) string
	Retries() bool
	String() string
}

func TestWhatALinkAsks(t *testing.T) {
	i := boxOf(t, newKeyset())
	p := seal.Provider(says{}, i.Box).(asked)
	if p.DefaultTTL() != 2*time.Second || p.BackendName("a") != "folder/a" || p.Retries() || p.String() != "says:" {
		t.Error("the wrapper does not say what the provider says")
	}
	q := seal.Provider(secretmux.ProviderFunc(nil), i.Box).(asked)
	if q.DefaultTTL() != 0 || q.BackendName("a") != "" || !q.Retries() || q.String() != "secretmux.ProviderFunc" {
		t.Error("the wrapper makes something up")
	}
	if _, ok := q.(secretmux.ManyGetter); ok {
		t.Error("a provider without a batch call has one when it is wrapped")
	}
}
