package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
)

// ageFlags are the flags of age.
type ageFlags struct {
	limits ageLimits
	strict bool
	all    bool // include the whole environment
}

func ageCommand(s *session) *cobra.Command {
	f := ageFlags{limits: ageLimits{most: 90 * day}}
	cmd := &cobra.Command{
		Use:   "age [PREFIX] [flags]",
		Short: "Show how old each secret's value is, oldest first",
		Example: "  secretmux age\n" +
			"  secretmux age db/ --max-age 30d --warn 20d\n" +
			"  secretmux age --policy 'db/*=30d' --policy 'tls/*=365d' --strict",
		Long: "The age is how long ago the current version of the value was made. A changed\n" +
			"tag does not count. No value is read. VALUE AGE needs permission to list and,\n" +
			"for each secret:\n" +
			"  aws-sm    secretsmanager:ListSecretVersionIds\n" +
			"  gcp-sm    secretmanager.versions.get\n" +
			"  vault     read on metadata/\n" +
			"If a store does not tell an age, the age is unknown: see --strict.",
		Args: words("at most one prefix, such as db/", 0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.hide(args...)
			prefix := ""
			if len(args) == 1 {
				prefix = args[0]
			}
			f.limits.warnSet = cmd.Flags().Changed("warn")
			if err := f.limits.check(); err != nil {
				return err
			}
			return s.age(cmd.Context(), &f, prefix)
		},
	}
	flags := cmd.Flags()
	flags.Var(&f.limits.most, "max-age", "report an older value as a finding, as in 90d or 12h")
	flags.Var(&f.limits.warn, "warn", "warn of an older value; the default is two thirds of the maximum, such as 60d of 90d")
	flags.Var(&f.limits.policies, "policy", "another maximum for some names, as in 'db/*=30d'; the first pattern that fits counts; may be repeated")
	flags.BoolVar(&f.strict, "strict", false, "fail also if an age is unknown or a store can't list")
	flags.BoolVar(&f.all, "all", false, "include all variables of env:")
	return cmd
}

// ageReport holds what is known about the ages.
type ageReport struct {
	secrets []*aged
	unseen  []unread
	blind   bool // one of the stores can't list
	counts  map[verdict]int
}

// age lists every store, and asks for each age that the list does not tell.
func (s *session) age(ctx context.Context, f *ageFlags, prefix string) error {
	all, closeAll, err := s.groups(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	ctx, stop := s.bounded(ctx)
	defer stop()
	r := &ageReport{counts: map[verdict]int{}}
	var errs []error
	for _, g := range all {
		if g.whole && !f.all {
			r.unseen = append(r.unseen, unread{Source: g.source, Class: "left out", Hint: "most variables of the environment are not secrets; --all includes them"})
			continue
		}
		if err := r.list(ctx, g, prefix); err != nil {
			r.unseen = append(r.unseen, unread{Source: g.source, Class: classText(err), Hint: hintOf(err)})
			if errors.Is(secretmux.ClassOf(err), errors.ErrUnsupported) { // this store can never list
				r.blind = true
				continue
			}
			errs = append(errs, err)
		}
	}
	s.hidden = nil // the prefix was used as one, so messages may show it
	r.describe(ctx, s)
	r.judge(f.limits, time.Now())
	if err := s.printAge(r, f.limits); err != nil {
		return err
	}
	return errors.Join(append(errs, r.result(f.strict))...)
}

// list adds the secrets that a store lists. If an earlier store has a name, it is
// left out here, as in a chain.
func (r *ageReport) list(ctx context.Context, g group, prefix string) error {
	seen := map[string]bool{}
	for _, one := range r.secrets {
		seen[one.info.Name] = true
	}
	for info, err := range g.List(ctx, prefix) {
		if err != nil {
			return err
		}
		if !seen[info.Name] {
			seen[info.Name] = true
			r.secrets = append(r.secrets, &aged{info: info, store: g.Store})
		}
	}
	return nil
}

// result returns the error that sets the exit code. A report without secrets is an
// error: it is not good news.
func (r *ageReport) result(strict bool) error {
	switch {
	case r.counts[verdictOver]+r.counts[verdictExpired] > 0, strict && (r.blind || r.counts[verdictUnknown] > 0):
		return errFindings
	case len(r.secrets) == 0:
		return secretmux.Invalid("age", "no secret was found", "check the prefix, and check that the stores can list")
	}
	return nil
}

// summary counts what was seen and what was not.
func (r *ageReport) summary() string {
	text := "looked at " + plural(len(r.secrets), "secret")
	separator := ": "
	for _, v := range verdicts() {
		if n := r.counts[v]; n > 0 {
			text += fmt.Sprintf("%s%d %s", separator, n, v)
			separator = ", "
		}
	}
	return text
}
