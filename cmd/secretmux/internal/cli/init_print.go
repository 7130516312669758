package cli

import (
	"strconv"
	"strings"
)

// diff returns the changes in the format of diff.
func (p *setup) diff() string {
	var b strings.Builder
	add := func(mark, text string) {
		for line := range strings.Lines(text) {
			b.WriteString(mark + printable([]string{strings.TrimRight(line, "\r\n")})[0] + "\n")
		}
	}
	if len(p.ignore) > 0 {
		b.WriteString("--- .gitignore\n+++ .gitignore\n")
		add("+", strings.Join(p.ignore, "\n"))
	}
	if p.hook.writes() {
		from := "/dev/null"
		if p.hook.state == hookReplaced {
			from = p.hook.path
		}
		b.WriteString("--- " + from + "\n+++ " + p.hook.path + " (executable)\n")
		add("-", p.hook.old)
		add("+", p.hook.text)
	}
	return b.String()
}

// setupJSON is the output of init --json.
type setupJSON struct {
	Gitignore []string   `json:"gitignore"` // lines that were missing
	Hook      hookJSON   `json:"hook"`
	Written   bool       `json:"written"`
	Tracked   []string   `json:"tracked"` // files with secrets that git tracks
	Values    []lineJSON `json:"values"`  // lines of .env.example that hold one
}

type hookJSON struct {
	Path string `json:"path"`
	// State is new, replaced, same, foreign or elsewhere.
	State string `json:"state"`
}

// printSetup prints the state after init. A problem that init could not solve is a
// finding.
func (s *session) printSetup(p *setup, written bool) error {
	if s.json {
		out := setupJSON{
			Gitignore: append([]string{}, p.ignore...), Hook: hookJSON{p.hook.path, p.hook.state}, Written: written,
			Tracked: append([]string{}, p.tracked...), Values: linesOf(p.filled),
		}
		if err := s.printJSON(out); err != nil {
			return err
		}
	}
	bad := len(p.tracked)+len(p.filled) > 0
	switch {
	case p.changes() && !written:
		s.say("nothing was written")
		bad = true
	case len(p.ignore) == 0:
		s.say("git already ignores .env")
	default:
		s.say("git ignores .env now; commit .gitignore")
	}
	switch p.hook.state {
	case hookSame:
		s.say("the pre-commit hook is already there")
	case hookForeign, hookElsewhere:
		bad = true
		why := "secretmux init did not write it, and does not change it"
		if p.hook.state == hookElsewhere {
			why = "core.hooksPath is set, so it belongs to a hook manager or is part of the tree"
		}
		s.say("the pre-commit hook is " + printable([]string{p.hook.path})[0] + "; " + why + ". Add this line to the hook:\n    " + hookLine)
	default:
		if written {
			s.say("git runs the hook before each commit")
		}
	}
	for _, path := range p.tracked {
		path = printable([]string{path})[0]
		s.say(path + " is tracked, and ignore rules don't help. Run git rm --cached " + path + ", and rotate the secrets in it")
	}
	for _, l := range p.filled {
		s.say(strings.TrimSpace(l.key+" in line "+strconv.Itoa(l.line)) + " of .env.example holds a value: remove it")
	}
	if bad {
		return errFindings
	}
	return nil
}
