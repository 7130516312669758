package cli

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
)

// lintOptions are the flags of lint.
type lintOptions struct {
	env           string
	references    int
	refs          string
	names         []string // the names of the secrets in the file of --refs
	budget        float64
	startupBudget time.Duration
	overlap       durationFlag
}

func lintCommand(s *session) *cobra.Command {
	o := &lintOptions{}
	cmd := &cobra.Command{
		Use:   "lint [CONFIG] [flags]",
		Short: "Look for mistakes in a config string, offline",
		Example: "  secretmux lint --env production 'env:,aws-sm://eu-west-1/prod/'\n" +
			"  secretmux lint --references 300 --budget 50 --json",
		Long: "lint asks no store, reads no file of a link and opens no socket. Without CONFIG\n" +
			"it reads the one of -c or SECRETS. The exit code is 1 for errors and warnings.",
		Args: words("at most one config string", 0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			config := ""
			if len(args) > 0 {
				config = args[0]
			}
			return s.lint(cmd.Context(), o, config)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.env, "env", "", "`production` has stricter severities and some rules of its own")
	f.IntVar(&o.references, "references", 100, "how many secrets a process reads, to estimate cost and quota")
	f.StringVar(&o.refs, "refs", "", "`file` of references, as for run, to count them and check their names")
	f.Float64Var(&o.budget, "budget", 10, "the most `USD` that the reads of one process may cost a month")
	f.DurationVar(&o.startupBudget, "startup-budget", 30*time.Second, "the longest time that a start may wait for all links")
	f.Var(&o.overlap, "overlap", "how long an old value works after a rotation")
	return cmd
}

// The severities of a finding.
const (
	severityError = "error"
	severityWarn  = "warn"
	severityInfo  = "info"
)

// findingJSON is one finding. Link counts from 1, and 0 means the whole string.
type findingJSON struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Link     int    `json:"link"`
	Source   string `json:"source,omitempty"`
	Text     string `json:"text"`
}

func (s *session) lint(ctx context.Context, o *lintOptions, config string) error {
	if o.env != "" && o.env != "production" {
		return usage("--env must be production", "write --env production, or leave it out")
	}
	switch {
	case o.references < 1:
		return usage("--references is not a number of secrets", "write one from 1 on, as in --references 300")
	case o.budget < 0:
		return usage("--budget is negative", "write USD a month, as in --budget 50")
	case o.startupBudget < 0:
		return usage("--startup-budget is negative", "write a time, as in --startup-budget 1m")
	case config != "" && s.config != "":
		return usage("lint got two config strings, a word and -c", "leave one of them out")
	}
	if err := o.readRefs(s); err != nil {
		return err
	}
	if config == "" {
		var err error
		if config, err = s.configString(); err != nil {
			return err
		}
	}
	links, err := secretmux.ParseConfig(config)
	if err == nil {
		err = s.knownSchemes(links)
	}
	if err != nil {
		return err
	}
	findings := o.findings(links, s.refused(ctx, links))
	if err := s.printFindings(findings, len(links)); err != nil {
		return err
	}
	if slices.ContainsFunc(findings, func(f findingJSON) bool { return f.Severity != severityInfo }) {
		return errFindings
	}
	return nil
}

func (o *lintOptions) readRefs(s *session) error {
	if o.refs == "" {
		return nil
	}
	s.hide(o.refs)
	text, err := os.ReadFile(o.refs)
	if err != nil {
		return usage("the file of --refs can't be read: "+reason(err), "")
	}
	lines, err := parseRefs(string(text))
	if err != nil {
		return usage("the file of --refs: "+err.Error(), "write each line as NAME=REF, as in DB_PASSWORD=db/password")
	}
	for _, line := range lines {
		ref, err := secretmux.ParseRef(line.ref)
		if err != nil {
			return &labelled{label: "line " + strconv.Itoa(line.line) + " of the file of --refs", err: err}
		}
		o.names = append(o.names, ref.Name)
	}
	o.references = max(1, len(o.names))
	return nil
}

// knownSchemes refuses schemes that this binary can't open, as open would do.
func (s *session) knownSchemes(links []secretmux.ConfigLink) error {
	var (
		errs  []error
		known []string
	)
	for _, backend := range slices.Concat(s.Backends, s.Starters) {
		known = slices.AppendSeq(known, maps.Keys(backend))
	}
	slices.Sort(known)
	for i, link := range links {
		if !slices.Contains(known, link.URI.Scheme) {
			errs = append(errs, usage("link "+strconv.Itoa(i+1)+" has a scheme that this binary can't open",
				"it can open "+strings.Join(known, ":, ")+":"))
		}
	}
	return errors.Join(errs...)
}

// findings runs all rules. Without --env production, an error counts as a warning,
// and a warning as information. A link that its backend refuses is always an error.
// Its address is not printed, because it may hold anything.
func (o *lintOptions) findings(links []secretmux.ConfigLink, refused []hit) []findingJSON {
	found := []findingJSON{}
	unprinted := map[int]bool{0: true}
	for _, hit := range refused {
		unprinted[hit.link] = true
		found = append(found, findingJSON{ID: "L14", Severity: severityError, Link: hit.link, Text: hit.text})
	}
	for _, r := range lintRules() {
		if r.productionOnly && o.env == "" {
			continue
		}
		for _, hit := range r.find(o, links) {
			f := findingJSON{ID: r.id, Severity: r.severity, Link: hit.link, Text: hit.text}
			if o.env == "" {
				f.Severity = lower(f.Severity)
			}
			if !unprinted[hit.link] {
				f.Source = links[hit.link-1].URI.String()
			}
			found = append(found, f)
		}
	}
	return found
}

func lower(severity string) string {
	if severity == severityError {
		return severityWarn
	}
	return severityInfo
}

func (s *session) printFindings(findings []findingJSON, links int) error {
	if s.json {
		return s.printJSON(findings)
	}
	if len(findings) == 0 {
		s.say("secretmux: no findings in " + plural(links, "link"))
		return nil
	}
	rows := [][]string{{"RULE", "SEVERITY", "LINK", "FINDING"}}
	for _, f := range findings {
		source := f.Source
		switch {
		case source == "" && f.Link == 0:
			source = "(all)"
		case source == "":
			source = "link " + strconv.Itoa(f.Link)
		}
		rows = append(rows, []string{f.ID, f.Severity, source, f.Text})
	}
	return s.table(rows)
}
