package memory_test

import (
	"context"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/memory"
)

func open(*testing.T) *conformance.Harness { return harness(memory.New(nil)) }

func harness(m *memory.Provider) *conformance.Harness {
	return &conformance.Harness{
		Provider:       m,
		Set:            func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
		Delete:         func(_ *testing.T, name string) { m.Delete(name) },
		Disable:        func(_ *testing.T, name string) { m.Disable(name) },
		MissingVersion: "99",
		Calls:          func() int { return m.Calls().Total() },
		Reopen:         conformance.ReopenWith(m.Backend()),
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode,
			conformance.CapSymbols, conformance.CapLines, conformance.CapNested, conformance.CapMany,
			conformance.CapVersions, conformance.CapPrevious, conformance.CapCreated, conformance.CapList,
			conformance.CapCheck, conformance.CapDisable,
		},
	}
}

func TestConformance(t *testing.T) { conformance.Run(t, open) }

func TestConformanceThrough(t *testing.T) {
	for name, wrap := range map[string]func(secretmux.Provider) secretmux.Provider{
		"chain":                 func(p secretmux.Provider) secretmux.Provider { return chainOf(p) },
		"chain after an absent": func(p secretmux.Provider) secretmux.Provider { return chainOf(memory.New(nil), p) },
		"chain of chains": func(p secretmux.Provider) secretmux.Provider {
			return chainOf(chainOf(memory.New(nil), memory.New(nil)), replicasOf(p))
		},
		"replicas": func(p secretmux.Provider) secretmux.Provider { return replicasOf(p) },
		"link that goes on": func(p secretmux.Provider) secretmux.Provider {
			return secretmux.ContinueOn(p, secretmux.ErrUnavailable)
		},
	} {
		t.Run(name, func(t *testing.T) { conformance.RunThrough(t, open, wrap) })
	}
}

// TestConformanceBelowAPrefix runs the suite over the part of a Provider that a
// link with prefix= sees, between neighbours whose names sort around it.
func TestConformanceBelowAPrefix(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		m := memory.New(map[string]string{"alpha": "not mine", "app": "not mine", "apple": "not mine", "zeta": "not mine"})
		u, err := secretmux.ParseURI("memory:?prefix=app/")
		if err != nil {
			t.Fatal(err)
		}
		h := harness(m)
		if h.Provider, err = m.Backend()["memory"](context.Background(), u); err != nil {
			t.Fatal(err)
		}
		h.Set = func(_ *testing.T, name string, value []byte) { m.Set("app/"+name, string(value)) }
		h.Delete = func(_ *testing.T, name string) { m.Delete("app/" + name) }
		h.Disable = func(_ *testing.T, name string) { m.Disable("app/" + name) }
		return h
	})
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
