package faults_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// open is a backend with all capabilities. Package faults has those that memory lacks.
func open(*testing.T) *conformance.Harness {
	m, f := memory.New(nil), faults.New(faults.Options{})
	inject := func(step faults.Step, names ...string) { f.Inject(faults.Always(step, names...)) }
	return &conformance.Harness{
		Provider: f.Wrap(m),
		Set:      func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
		Delete:   func(_ *testing.T, name string) { m.Delete(name) },
		Disable:  func(_ *testing.T, name string) { m.Disable(name) },
		Fail:     func(_ *testing.T, name string, class error) { inject(faults.Step{Err: class}, name) },
		Fails: []error{
			secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled,
			secretmux.ErrUnavailable, secretmux.ErrCorrupt, secretmux.ErrTooLarge,
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
}

func TestConformance(t *testing.T) { conformance.Run(t, open) }

func TestConformanceThrough(t *testing.T) {
	for name, wrap := range map[string]func(secretmux.Provider) secretmux.Provider{
		"faults": faults.New(faults.Options{}).Wrap,
		"chain":  func(p secretmux.Provider) secretmux.Provider { return chainOf(p) },
		"chain after an absent": func(p secretmux.Provider) secretmux.Provider {
			return chainOf(memory.New(nil), p)
		},
		"replicas": func(p secretmux.Provider) secretmux.Provider { return replicasOf(p) },
	} {
		t.Run(name, func(t *testing.T) { conformance.RunThrough(t, open, wrap) })
	}
}

// TestConformanceAfterAReplicaThatIsDown leaves out ErrThrottled: when no replica
// answers, the error has the class of the first one's.
func TestConformanceAfterAReplicaThatIsDown(t *testing.T) {
	down := faults.New(faults.Options{Rules: []faults.Rule{{
		Ops:    []faults.Op{faults.OpGet, faults.OpGetVersion, faults.OpList, faults.OpDescribe},
		Steps:  []faults.Step{{Err: secretmux.ErrUnavailable}},
		Repeat: true,
	}}})
	conformance.RunThrough(t, func(t *testing.T) *conformance.Harness {
		h := open(t)
		h.Fails = slices.DeleteFunc(h.Fails, func(class error) bool { return errors.Is(class, secretmux.ErrThrottled) })
		return h
	}, func(p secretmux.Provider) secretmux.Provider {
		return replicasOf(down.Wrap(memory.New(nil)), p)
	})
}

// TestConformanceOfLess wraps a provider that has no optional interface: faults
// must not make one up.
func TestConformanceOfLess(t *testing.T) {
	less := func(*testing.T) *conformance.Harness {
		m := memory.New(nil)
		return &conformance.Harness{
			Provider: secretmux.ProviderFunc(m.Get),
			Set:      func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
			Delete:   func(_ *testing.T, name string) { m.Delete(name) },
			Calls:    func() int { return m.Calls().Total() },
		}
	}
	conformance.RunThrough(t, less, faults.New(faults.Options{}).Wrap)
	conformance.RunThrough(t, less, func(p secretmux.Provider) secretmux.Provider { return chainOf(memory.New(nil), p) })
}

// chainOf and replicasOf are for links that are known to be good.
func chainOf(p ...secretmux.Provider) secretmux.Provider {
	c, err := secretmux.NewChain(p...)
	if err != nil {
		panic(err)
	}
	return c
}

func replicasOf(p ...secretmux.Provider) secretmux.Provider {
	r, err := secretmux.NewReplicas(p...)
	if err != nil {
		panic(err)
	}
	return r
}
