package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
)

// ageFlags are what the command line of age says.
type ageFlags struct {
	limits ageLimits
	strict bool
	all    bool // the whole environment too
}

func ageCommand(s *session) *cobra.Command {
	f := ageFlags{limits: ageLimits{most: 90 * day}}
	cmd := &cobra.Command{
		Use:   "age [PREFIX] [flags]",
		Short: "Show how old each secret's value is, oldest first",
		Example: "  secretmux age\n" +
			"  secretmux age db/ --max-age 30d --warn 20d\n" +
			"  secretmux age --policy 'db/*=30d' --policy 'tls/*=365d' --strict",
		Long: "The age is that of the current version; a changed tag does not make it new.\n" +
			"No value is read. Besides the list, VALUE AGE needs for each secret:\n" +
			"  aws-sm    secretsmanager:ListSecretVersionIds\n" +
			"  gcp-sm    secretmanager.versions.get\n" +
			"  vault     read on metadata/\n" +
			"What a store does not tell is unknown, which is never good: see --strict.",
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
	flags.Var(&f.limits.most, "max-age", "an older value is a finding, as in 90d or 12h")
	flags.Var(&f.limits.warn, "warn", "an older value is warned of; without it two thirds of the maximum, 60d of 90d")
	flags.Var(&f.limits.policies, "policy", "another maximum for names, as in 'db/*=30d'; the first that fits counts; may be repeated")
	flags.BoolVar(&f.strict, "strict", false, "fail where an age is unknown or a store can't list, too")
	flags.BoolVar(&f.all, "all", false, "look at all variables of env: too")
	return cmd
}

// ageReport is what is known of the ages.
type ageReport struct {
	secrets []*aged
	unseen  []unread
	blind   bool // a store can't list
	counts  map[verdict]int
}

// age looks at every store, and describes what a list does not tell.
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
			r.unseen = append(r.unseen, unread{Source: g.source, Class: "left out", Hint: "most variables of the environment are not secrets; --all looks at it"})
			continue
		}
		if err := r.list(ctx, g, prefix); err != nil {
			r.unseen = append(r.unseen, unread{Source: g.source, Class: classText(err), Hint: hintOf(err)})
			if errors.Is(secretmux.ClassOf(err), errors.ErrUnsupported) { // it can never list
				r.blind = true
				continue
			}
			errs = append(errs, err)
		}
	}
	s.hidden = nil // the prefix has led to names, or to none
	r.describe(ctx, s)
	r.judge(f.limits, time.Now())
	if err := s.printAge(r, f.limits); err != nil {
		return err
	}
	return errors.Join(append(errs, r.result(f.strict))...)
}

// list takes over what a store lists. A name that a store before it has is that
// store's, as in a chain.
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

// result is the exit code's reason. To have seen nothing is not good news.
func (r *ageReport) result(strict bool) error {
	switch {
	case r.counts[verdictOver]+r.counts[verdictExpired] > 0, strict && (r.blind || r.counts[verdictUnknown] > 0):
		return errFindings
	case len(r.secrets) == 0:
		return secretmux.Invalid("age", "no secret was looked at", "check the prefix, and that the stores can list")
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
