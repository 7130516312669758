package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
)

func explainCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "explain REF [flags]",
		Short: "Show what each link says about a secret, and which one answers",
		Example: "  secretmux explain db/password\n" +
			"  secretmux explain db/creds#password --json",
		Long: "Every link is asked, even those after the one that answers. The exit code is\n" +
			"the exit code that get would return.",
		Args: words("one reference, such as db/password or db/creds#password", 1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.hide(args...)
			if _, err := secretmux.ParseRef(args[0]); err != nil {
				return err
			}
			return s.withStore(cmd.Context(), func(ctx context.Context, store *secretmux.Store) error {
				e := secretmux.Explain(ctx, store, args[0])
				return errors.Join(s.printExplanation(e), failureOf(e))
			})
		},
	}
}

// failureOf returns an error with the class that the error of Get would have.
func failureOf(e secretmux.Explanation) error {
	var passed error
	for _, o := range e.Links {
		switch o.Role {
		case secretmux.RoleAnswers, secretmux.RoleStops:
			return o.Err
		case secretmux.RolePassed:
			if passed == nil || errors.Is(passed, secretmux.ErrNotFound) {
				passed = o.Err
			}
		case secretmux.RoleShadowed, secretmux.RoleUnreached, secretmux.RoleUnasked:
		}
	}
	if passed != nil && !errors.Is(passed, secretmux.ErrNotFound) {
		return passed
	}
	return &secretmux.Error{Op: "get", Class: secretmux.ErrNotFound, Hint: "no link has the secret"}
}

// explanationJSON is the output of explain --json. It has the reference only if a
// link answers, because otherwise the reference may be a value.
type explanationJSON struct {
	Ref   string        `json:"ref,omitempty"`
	Links []outcomeJSON `json:"links"`
}

type outcomeJSON struct {
	Source   string  `json:"source"`
	Role     string  `json:"role"`
	Outcome  string  `json:"outcome,omitempty"` // empty if the link was not asked
	Error    string  `json:"error,omitempty"`
	Version  string  `json:"version,omitempty"`
	Document string  `json:"document,omitempty"`
	Age      float64 `json:"age_seconds,omitempty"`
	Seconds  float64 `json:"took_seconds"`
}

func (s *session) printExplanation(e secretmux.Explanation) error {
	if s.json {
		return s.printJSON(s.explanation(e))
	}
	rows := [][]string{{"LINK", "ROLE", "OUTCOME", "VERSION", "AGE", "TOOK"}}
	for _, o := range e.Links {
		age := ""
		if o.Age > 0 {
			age = short(o.Age)
		}
		rows = append(rows, []string{o.Source, string(o.Role), outcomeIn(o), o.Version, age, short(o.Duration)})
	}
	return s.table(rows)
}

func (s *session) explanation(e secretmux.Explanation) explanationJSON {
	j := explanationJSON{Links: []outcomeJSON{}}
	for _, o := range e.Links {
		one := outcomeJSON{
			Source: o.Source, Role: string(o.Role), Outcome: outcomeIn(o), Version: o.Version, Document: o.Document,
			Age: jsonSeconds(o.Age), Seconds: jsonSeconds(o.Duration),
		}
		if o.Err != nil {
			one.Error = s.redact(o.Err.Error())
		} else if o.Role == secretmux.RoleAnswers {
			j.Ref = e.Ref
		}
		j.Links = append(j.Links, one)
	}
	return j
}

func outcomeIn(o secretmux.Outcome) string {
	switch {
	case o.Role == secretmux.RoleUnasked:
		return ""
	case o.Err == nil:
		return "found"
	}
	return outcomeOf(o.Err)
}
