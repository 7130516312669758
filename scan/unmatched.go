package scan

import (
	"maps"
	"slices"
)

// Unmatched returns the references of Options.Include and Options.Except that do
// not name one of Options.Secrets, sorted. Show them to the user: a misspelt name
// in Include leaves out a value that should be searched for.
func (s *Scanner) Unmatched() []string { return slices.Sorted(maps.Keys(s.unmatched)) }

// listed returns the references that must match a secret. The scanner deletes those
// that do.
func listed(opts Options) map[string]bool {
	all := map[string]bool{}
	for _, ref := range slices.Concat(opts.Include, opts.Except) {
		all[ref] = true
	}
	return all
}
