package cli

import (
	"github.com/secretmux/secretmux"
)

// lintRule is one rule. The meaning of an id never changes: the number of a removed
// rule is not used again.
type lintRule struct {
	id             string
	severity       string // with --env production
	productionOnly bool
	find           func(o *lintOptions, links []secretmux.ConfigLink) []hit
}

// hit is a place where a rule found something. Link counts from 1, and 0 means the
// whole string.
type hit struct {
	link int
	text string
}

func lintRules() []lintRule {
	return []lintRule{
		{id: "L01", severity: severityError, productionOnly: true, find: each(notForProduction)},
		{id: "L02", severity: severityWarn, find: overridesAll},
		{id: "L03", severity: severityError, find: each(passesRevocation)},
		{id: "L04", severity: severityWarn, find: neverReached},
		{id: "L05", severity: severityWarn, find: cost},
		{id: "L06", severity: severityWarn, find: quota},
		{id: "L07", severity: severityWarn, find: outlivesOverlap},
		{id: "L08", severity: severityWarn, find: each(longStale)},
		{id: "L09", severity: severityError, find: each(plainHTTP)},
		{id: "L10", severity: severityWarn, find: each(looseFile)},
		{id: "L11", severity: severityWarn, find: unlikeReplicas},
		{id: "L12", severity: severityInfo, find: slowStart},
		{id: "L13", severity: severityWarn, find: twice},
		{id: "L13", severity: severityWarn, find: each(deletedIsAbsent)},
		{id: "L13", severity: severityWarn, find: namesNeedSep},
	}
}

// each turns a function for one link into a rule. The function returns a text, or
// "" for no finding.
func each(look func(u *secretmux.URI) string) func(*lintOptions, []secretmux.ConfigLink) []hit {
	return func(_ *lintOptions, links []secretmux.ConfigLink) []hit {
		var hits []hit
		for i, link := range links {
			if text := look(link.URI); text != "" {
				hits = append(hits, hit{link: i + 1, text: text})
			}
		}
		return hits
	}
}
