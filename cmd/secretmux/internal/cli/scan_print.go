package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
)

// scanResult is the printed result of a scan.
type scanResult struct {
	source   string
	values   *scanValues
	excluded []scan.Excluded
	except   []string
	patterns bool
	report   *scan.Report
	failed   bool          // not all was read
	findings []scanFinding // of the report and of other programs
	weak     []string      // not added to the baseline, because they could be guessed
	unmasked []string      // too short or too long to be masked for --context
}

// scanFinding is one finding in JSON.
type scanFinding struct {
	Path     string `json:"path"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Rule     string `json:"rule"`
	Secret   string `json:"secret,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	Digest   string `json:"digest,omitempty"`
	Object   string `json:"object,omitempty"`
	Commit   string `json:"commit,omitempty"`
	// Tool is the other program that found it.
	Tool    string `json:"tool,omitempty"`
	Context string `json:"context,omitempty"`

	text string
}

func findingOf(f scan.Finding) scanFinding {
	return scanFinding{
		Path: f.Path, Line: f.Line, Column: f.Column, Rule: f.Rule, Secret: f.Secret, Encoding: f.Encoding,
		Digest: f.Digest, Object: f.Object, Commit: f.Commit, text: f.String(),
	}
}

// scanJSON is the output of scan --json.
type scanJSON struct {
	Source      string         `json:"source"`
	Files       int            `json:"files"`
	Bytes       int64          `json:"bytes"`
	Archives    int            `json:"archives"`
	Skipped     []skippedJSON  `json:"skipped"`
	Searched    int            `json:"searched"`
	Patterns    bool           `json:"patterns"`
	NotSearched []excludedJSON `json:"not_searched"`
	Unread      []unread       `json:"unread"`
	Unmasked    []string       `json:"unmasked,omitempty"`
	Known       int            `json:"known"`
	Allowed     int            `json:"allowed"`
	More        int            `json:"more"`
	Findings    []scanFinding  `json:"findings"`
}

type skippedJSON struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

type excludedJSON struct {
	Secret string `json:"secret"`
	Why    string `json:"why"`
}

// printScan prints the findings as data, and everything else as messages.
func (s *session) printScan(f *scanFlags, r *scanResult) error {
	if s.json {
		return s.printJSON(r.json())
	}
	for _, one := range r.findings {
		if _, err := fmt.Fprintln(s.Out, one.text); err != nil {
			return err
		}
		if one.Context != "" {
			if _, err := fmt.Fprintln(s.Out, "    "+one.Context); err != nil {
				return err
			}
		}
	}
	for _, line := range r.summary() {
		s.say(line)
	}
	s.sayOwnFiles(f, r)
	return nil
}

func (r *scanResult) json() scanJSON {
	out := scanJSON{
		Source: r.source, Files: r.report.Files, Bytes: r.report.Bytes, Archives: r.report.Archives, Searched: r.secrets(),
		Patterns: r.patterns, Unread: r.values.unread, Unmasked: r.unmasked, Known: r.report.Known, Allowed: r.report.Allowed, More: r.report.More,
		Findings: r.findings, Skipped: []skippedJSON{}, NotSearched: []excludedJSON{},
	}
	for _, skip := range r.report.Skipped {
		out.Skipped = append(out.Skipped, skippedJSON(skip))
	}
	for _, e := range r.excluded {
		out.NotSearched = append(out.NotSearched, excludedJSON(e))
	}
	if out.Findings == nil {
		out.Findings = []scanFinding{}
	}
	if out.Unread == nil {
		out.Unread = []unread{}
	}
	return out
}

// summary returns lines that say what was scanned and what was not.
func (r *scanResult) summary() []string {
	report := r.report
	what := map[string]string{"worktree": "in the folder", "staged": "in git's index", "history": "in the history", "stdin": "of standard input"}[r.source]
	unit := "file"
	if r.source == "history" {
		unit = "object"
	}
	lines := []string{fmt.Sprintf("scanned %s %s, %s, for %s", plural(report.Files, unit), what, size(report.Bytes), r.searched())}
	if n := report.Archives; n > 0 {
		lines = append(lines, plural(n, "archive")+" or compressed "+verb(n, "file was", "files were")+" not opened")
	}
	lines = append(lines, r.notSearched()...)
	const most = 10
	for i, skip := range report.Skipped {
		if i == most {
			lines = append(lines, fmt.Sprintf("skipped %d more; --json lists them", len(report.Skipped)-most))
			break
		}
		lines = append(lines, "skipped "+printable([]string{skip.Path})[0]+": "+skip.Why)
	}
	if report.Known > 0 {
		lines = append(lines, plural(report.Known, "finding")+" known by the baseline")
	}
	if report.Allowed > 0 {
		lines = append(lines, plural(report.Allowed, "token")+" allowed by a comment")
	}
	if report.More > 0 {
		lines = append(lines, "findings that are not shown: "+fmt.Sprint(report.More))
	}
	if len(r.unmasked) > 0 {
		lines = append(lines, "not masked in the lines above, because they are too short or too long: "+strings.Join(r.unmasked, ", "))
	}
	for _, one := range r.weak {
		lines = append(lines, "not added to the baseline, because the value could be guessed from it: "+one)
	}
	if r.failed && report.Bytes == 0 { // the error says why
		return lines
	}
	return append(lines, r.count())
}

func (r *scanResult) searched() string {
	var parts []string
	if n := r.secrets(); n > 0 {
		parts = append(parts, plural(n, "secret"))
	}
	if r.patterns {
		parts = append(parts, "tokens of vendors")
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, " and ")
}

// secrets returns how many secrets are searched for, as a whole or in part.
func (r *scanResult) secrets() int {
	n := 0
	for ref := range r.values.found {
		whole := func(e scan.Excluded) bool { return e.Secret == ref }
		if !slices.ContainsFunc(r.excluded, whole) && !slices.Contains(r.except, ref) {
			n++
		}
	}
	return n
}

// notSearched lists the secrets that are not searched for, by reason.
func (r *scanResult) notSearched() []string {
	var reasons, lines []string
	byReason := map[string][]string{}
	for _, e := range r.excluded {
		if byReason[e.Why] == nil {
			reasons = append(reasons, e.Why)
		}
		byReason[e.Why] = append(byReason[e.Why], e.Secret)
	}
	slices.Sort(reasons)
	for _, why := range reasons {
		lines = append(lines, "not searched for: "+strings.Join(printable(byReason[why]), ", ")+": "+why)
	}
	return lines
}

func (r *scanResult) count() string {
	switch n := len(r.findings); {
	case n > 0:
		return plural(n, "finding")
	case r.report.Bytes == 0 && r.source == "staged" && len(r.report.Skipped) == 0:
		return "nothing to scan is staged: no file, or only deletions and empty files"
	case r.report.Bytes == 0:
		return "nothing was scanned"
	}
	return "nothing was found"
}

// sayOwnFiles warns of a store's own file that git does not ignore. The values are
// right in that file, but the next commit would have them.
func (s *session) sayOwnFiles(f *scanFlags, r *scanResult) {
	if f.stdin {
		return
	}
	for _, path := range s.ownFiles(f.path) {
		if slices.ContainsFunc(r.findings, func(one scanFinding) bool { return one.Path == path || strings.HasPrefix(one.Path, path+"/") }) {
			s.say(path + " is one of your stores, and git does not ignore it: run secretmux init; if git tracks it already, run git rm --cached " + path)
		}
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// size writes a number of bytes in a unit that people use.
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}

// classText returns the class of an error in one or two words.
func classText(err error) string {
	if class := secretmux.ClassOf(err); class != nil {
		return class.Error()
	}
	return "failed"
}
