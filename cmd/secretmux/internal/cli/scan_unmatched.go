package cli

import (
	"slices"
	"strconv"

	"github.com/secretmux/secretmux/scan"
)

// sayUnmatched warns of each --include and --except that does not name a secret. It
// gives the number of the flag, because the typed text must not be shown.
func (s *session) sayUnmatched(f *scanFlags, scanner *scan.Scanner) {
	unmatched := scanner.Unmatched()
	for _, list := range []struct {
		flag  string
		names []string
	}{{"--include", f.include}, {"--except", f.except}} {
		for i, name := range list.names {
			if !slices.Contains(unmatched, name) {
				continue
			}
			which := list.flag
			if len(list.names) > 1 {
				which += " number " + strconv.Itoa(i+1)
			}
			s.say("warning: " + which + " does not name a secret that was read, and has no effect; secretmux list prints the names")
		}
	}
}
