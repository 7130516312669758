package cli

import (
	"context"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
)

// lintOptions are the flags of lint.
type lintOptions struct {
	env           string
	references    int
	refs          string
	names         []string // of the secrets in the file of --refs
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
		Long: "It reads no file of a link and opens no socket. Without CONFIG it is the one of\n" +
			"-c or SECRETS. The exit code is 1 for errors and warnings.",
		Args: words("one config string at most", 0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			config := ""
			if len(args) > 0 {
				config = args[0]
			}
			return s.lint(o, config)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.env, "env", "", "`production` makes more of a finding and has rules of its own")
	f.IntVar(&o.references, "references", 100, "how many secrets a process reads, for cost and quota")
	f.StringVar(&o.refs, "refs", "", "`file` of references, as for run: their number and names")
	f.Float64Var(&o.budget, "budget", 10, "`USD` a month and process that reads may cost")
	f.DurationVar(&o.startupBudget, "startup-budget", 30*time.Second, "how long a start may wait for all links")
	f.Var(&o.overlap, "overlap", "how long an old value goes on working after a rotation")
	return cmd
}

// The severities of a finding.
const (
	severityError = "error"
	severityWarn  = "warn"
	severityInfo  = "info"
)

// findingJSON is one finding. Link counts from 1; 0 is the whole string.
type findingJSON struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Link     int    `json:"link"`
	Source   string `json:"source,omitempty"`
	Text     string `json:"text"`
}

func (s *session) lint(o *lintOptions, config string) error {
	if o.env != "" && o.env != "production" {
		return usage("--env can't be what was given", "write --env production, or leave it out")
	}
	if o.references < 1 || o.budget < 0 || o.startupBudget < 0 {
		return usage("a number of lint is negative", "")
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
		err = s.openable(config)
	}
	if err != nil {
		return err
	}
	findings := o.findings(links)
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
		return usage("the file of --refs: "+err.Error(), "a line is NAME=REF, as in DB_PASSWORD=db/password")
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

// openable finds what open would refuse: a scheme or a parameter that is mistyped, a
// region that does not exist. To open a link reads nothing and calls nobody, except that
// a link which starts a program looks for it: it may be on another machine.
func (s *session) openable(config string) error {
	backends := slices.Clone(s.Backends)
	for _, backend := range s.Starters {
		inert := secretmux.Backend{}
		for scheme := range backend {
			inert[scheme] = func(context.Context, *secretmux.URI) (secretmux.Provider, error) {
				return secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
					return secretmux.Secret{}, secretmux.ErrInvalid
				}), nil
			}
		}
		backends = append(backends, inert)
	}
	opener := secretmux.Opener{Backends: backends}
	store, err := opener.Open(context.Background(), config)
	if err != nil {
		return err
	}
	return store.Close()
}

// findings runs all rules. Outside production, whose rules are stricter, an error
// is a warning and a warning is for information.
func (o *lintOptions) findings(links []secretmux.ConfigLink) []findingJSON {
	found := []findingJSON{}
	for _, r := range lintRules() {
		if r.productionOnly && o.env == "" {
			continue
		}
		for _, hit := range r.find(o, links) {
			f := findingJSON{ID: r.id, Severity: r.severity, Link: hit.link, Text: hit.text}
			if o.env == "" {
				f.Severity = lower(f.Severity)
			}
			if hit.link > 0 {
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
		s.say("secretmux: no findings in " + strconv.Itoa(links) + " links")
		return nil
	}
	rows := [][]string{{"RULE", "SEVERITY", "LINK", "FINDING"}}
	for _, f := range findings {
		source := f.Source
		if source == "" {
			source = "(all)"
		}
		rows = append(rows, []string{f.ID, f.Severity, source, f.Text})
	}
	return s.table(rows)
}
