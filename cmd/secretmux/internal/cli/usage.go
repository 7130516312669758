package cli

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/secretmux/secretmux"
)

// usage returns the error for a mistake in the command line. Neither text may quote
// what was typed.
func usage(problem, hint string) error { return secretmux.Invalid("", problem, hint) }

// knownCommand refuses a first word that is not a command. The error suggests
// commands, and never quotes the word.
func (s *session) knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "run secretmux --help for a list of the commands"
	if meant := cmd.SuggestionsFor(args[0]); len(meant) > 0 {
		hint = "did you mean " + strings.Join(meant, " or ") + "?"
	} else if args[0] == "version" {
		hint = "did you mean --version?"
	}
	return usage("the first word is not a command", hint)
}

// words requires at least lowest and at most highest arguments. The error names
// them. A negative highest means no limit.
func words(what string, lowest, highest int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= lowest && (highest < 0 || len(args) <= highest) {
			return nil
		}
		return usage(cmd.Name()+" takes "+what+", but got "+plural(len(args), "word"), seeHelp(cmd))
	}
}

func seeHelp(cmd *cobra.Command) string { return cmd.CommandPath() + " --help shows how to use it" }

// flagMistake replaces the errors of pflag, which quote what was typed.
func flagMistake(cmd *cobra.Command, err error) error {
	var (
		absent  *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &invalid):
		return mistakenValue(invalid)
	case errors.As(err, &empty):
		return usage("--"+empty.GetFlag().Name+" needs a value", flagHint(empty.GetFlag()))
	case errors.As(err, &absent):
		return usage("one of the flags is not a flag of "+cmd.Name(), seeHelp(cmd))
	default:
		return usage("a flag is malformed", seeHelp(cmd))
	}
}

// flagHint returns the first line of the help for a flag.
func flagHint(f *pflag.Flag) string {
	_, text := pflag.UnquoteUsage(f)
	line, _, _ := strings.Cut(text, "\n")
	return "its help says: " + line
}

// durationFlag is a positive duration. Zero means that the flag was not given.
type durationFlag time.Duration

func (d *durationFlag) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	if err != nil || parsed <= 0 {
		return errors.New("it must be a duration such as 30s")
	}
	*d = durationFlag(parsed)
	return nil
}

func (d *durationFlag) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

// Type returns the word that help shows for the value.
func (d *durationFlag) Type() string { return "duration" }
