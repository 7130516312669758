package cli

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
)

func checkCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "check [REF]... [flags]",
		Short: "Check that each link can be reached and accepts you",
		Example: "  secretmux check\n" +
			"  secretmux check db/password db/creds#password",
		Long: "Without references no secret is read. With references each of them is read too.\n" +
			"If one can't be read, its number is shown, because it may be a value.",
		Args: words("references, such as db/password", 0, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.hide(args...)
			return s.withStore(cmd.Context(), func(ctx context.Context, store *secretmux.Store) error {
				report, err := checkAll(ctx, store, args)
				if err != nil {
					return err
				}
				return errors.Join(s.printCheck(report), joined(report.failed))
			})
		},
	}
}

// checkJSON is the output of check --json.
type checkJSON struct {
	Links []checkedLink `json:"links"`
	Refs  []checkedRef  `json:"refs,omitempty"`

	failed []error
}

// checkedLink is the result for one link.
type checkedLink struct {
	Source  string  `json:"source"`
	Outcome string  `json:"outcome"` // ok, or the class of the failure
	Seconds float64 `json:"took_seconds"`
	took    string
}

// checkedRef is the result for one reference. Ref is "reference N" if it failed.
type checkedRef struct {
	Ref     string `json:"ref"`
	Outcome string `json:"outcome"`
	Source  string `json:"source,omitempty"`
	Version string `json:"version,omitempty"`
}

func checkAll(ctx context.Context, store *secretmux.Store, refs []string) (checkJSON, error) {
	report := checkJSON{Links: []checkedLink{}}
	for _, probed := range secretmux.Probe(ctx, store) {
		report.Links = append(report.Links, checkedLink{
			Source: probed.Source, Outcome: outcomeOf(probed.Err), Seconds: jsonSeconds(probed.Duration), took: short(probed.Duration),
		})
		if probed.Err != nil {
			report.failed = append(report.failed, probed.Err)
		}
	}
	if len(refs) == 0 {
		return report, nil
	}
	results, err := store.GetMany(ctx, refs)
	if err != nil {
		return report, err
	}
	for i, result := range results {
		checked := checkedRef{
			Ref: refs[i], Outcome: outcomeOf(result.Err), Source: result.Secret.Source(), Version: result.Secret.Version(),
		}
		if result.Err != nil {
			checked.Ref = "reference " + strconv.Itoa(i+1)
			report.failed = append(report.failed, &labelled{label: checked.Ref, err: result.Err})
		}
		report.Refs = append(report.Refs, checked)
	}
	return report, nil
}

// outcomeOf returns one or two words for a table.
func outcomeOf(err error) string {
	switch class := secretmux.ClassOf(err); {
	case err == nil:
		return "ok"
	case errors.Is(err, secretmux.ErrFieldNotFound):
		return secretmux.ErrFieldNotFound.Error()
	case class != nil:
		return class.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return "failed"
}

func (s *session) printCheck(report checkJSON) error {
	if s.json {
		return s.printJSON(report)
	}
	rows := [][]string{{"LINK", "OUTCOME", "TOOK"}}
	for _, l := range report.Links {
		rows = append(rows, []string{l.Source, l.Outcome, l.took})
	}
	if err := s.table(rows); err != nil || len(report.Refs) == 0 {
		return err
	}
	write(s.Out, "\n")
	rows = [][]string{{"REFERENCE", "OUTCOME", "SOURCE", "VERSION"}}
	for _, r := range report.Refs {
		rows = append(rows, []string{r.Ref, r.Outcome, r.Source, r.Version})
	}
	return s.table(rows)
}
