package scan

import (
	"maps"
	"slices"
)

// Unmatched returns the references of Options.Include and Options.Except that none of
// Options.Secrets has, sorted. Tell the user: a misspelt name of Include leaves a value
// out that should be searched for.
func (s *Scanner) Unmatched() []string { return slices.Sorted(maps.Keys(s.unmatched)) }

// listed are the references that have to match a secret. Each that does is deleted.
func listed(opts Options) map[string]bool {
	all := map[string]bool{}
	for _, ref := range slices.Concat(opts.Include, opts.Except) {
		all[ref] = true
	}
	return all
}
