package conformance

import (
	"slices"
	"strings"
	"testing"
)

// breakage is one possible mistake of a provider. The case must report it in words that
// contain says.
type breakage struct {
	in   string // the case that must catch it
	what string
	says string
	do   func(t *testing.T, h *Harness, d *double)
}

func breakages() []breakage {
	return slices.Concat(brokenCore(), brokenContexts(), brokenNames(), brokenBatches(), brokenValues(),
		brokenVersions(), brokenLists(), brokenDescriptions(), brokenFailures(), brokenLife())
}

func TestGoodProviderPasses(t *testing.T) {
	for _, c := range cases() {
		for _, text := range failuresOf(t, c, openGood) {
			t.Errorf("%s: %s", c.name, text)
		}
	}
}

func TestBrokenProvidersAreCaught(t *testing.T) {
	byName := map[string]conformanceCase{}
	for _, c := range cases() {
		byName[c.name] = c
	}
	for _, b := range breakages() {
		t.Run(b.in+"/"+b.what, func(t *testing.T) {
			c, ok := byName[b.in]
			if !ok {
				t.Fatalf("there is no case %q", b.in)
			}
			texts := failuresOf(t, c, func(t *testing.T) *Harness {
				h := openGood(t)
				d := &double{Provider: h.Provider}
				h.Provider = d
				b.do(t, h, d)
				return h
			})
			if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, b.says) }) {
				t.Errorf("not caught; want a failure with %q, got %q", b.says, texts)
			}
		})
	}
}

// TestEachCaseCanFail makes sure that each case fails for some broken provider.
func TestEachCaseCanFail(t *testing.T) {
	all := breakages()
	for _, c := range cases() {
		if !slices.ContainsFunc(all, func(b breakage) bool { return b.in == c.name }) {
			t.Errorf("no broken provider fails the case %q", c.name)
		}
	}
}
