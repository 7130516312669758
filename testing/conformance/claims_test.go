package conformance

import (
	"errors"
	"strings"
	"testing"
)

func TestHarnessProblem(t *testing.T) {
	for what, c := range map[string]struct {
		change func(*Harness)
		says   string
	}{
		"good":                      {func(*Harness) {}, ""},
		"no provider":               {func(h *Harness) { h.Provider = nil }, "required"},
		"no Set":                    {func(h *Harness) { h.Set = nil }, "required"},
		"no Delete":                 {func(h *Harness) { h.Delete = nil }, "required"},
		"a lever unclaimed":         {func(h *Harness) { without(h, CapHang) }, ""},
		"claims Disable without it": {func(h *Harness) { h.Disable = nil }, `"disable" lacks`},
		"claims Fail without it":    {func(h *Harness) { h.Fail = nil }, `"fail" lacks`},
		"claims Fail of nothing":    {func(h *Harness) { h.Fails = nil }, `"fail" lacks`},
		"claims Hang without it":    {func(h *Harness) { h.Hang = nil }, `"hang" lacks`},
		"claims Down without it":    {func(h *Harness) { h.Down = nil }, `"down" lacks`},
		"versions, none missing":    {func(h *Harness) { h.MissingVersion = "" }, `"versions" lacks`},
		"previous of no versions":   {func(h *Harness) { without(h, CapVersions) }, `"previous" lacks`},
		"a misspelt capability":     {func(h *Harness) { h.Capabilities = append(h.Capabilities, "emtpy") }, `"emtpy" is unknown`},
		"a class of its own":        {func(h *Harness) { h.Fails = append(h.Fails, errors.New("mine")) }, "Fails may hold"},
	} {
		t.Run(what, func(t *testing.T) {
			h := openGood(t)
			c.change(h)
			got := h.problem()
			if (c.says == "") != (got == "") || !strings.Contains(got, c.says) {
				t.Errorf("problem %q, want one with %q", got, c.says)
			}
		})
	}
	if (*Harness)(nil).problem() == "" {
		t.Error("a nil harness has no problem")
	}
}

// TestUnusableHarnessFails checks that a case does not pass or skip if it has no usable
// harness.
func TestUnusableHarnessFails(t *testing.T) {
	for _, c := range cases() {
		texts := failuresOf(t, c, func(*testing.T) *Harness { return &Harness{Capabilities: []Capability{CapHang}} })
		if len(texts) == 0 {
			t.Errorf("the case %q accepts an empty harness", c.name)
		}
	}
}

func TestCoreCasesNeedNothing(t *testing.T) {
	core := []string{
		"interfaces", "unclaimed", "absent", "round trip", "replaced", "deleted", "own copy", "concurrent",
		"context ended before", "bad names", "many", "calls", "close",
	}
	needs := map[string]int{}
	for _, c := range cases() {
		needs[c.name] = len(c.needs) + 1
	}
	for _, name := range core {
		if needs[name] != 1 {
			t.Errorf("the core case %q is gone or can be skipped", name)
		}
	}
}
