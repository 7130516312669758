package cli

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/secretmux/secretmux"
)

// usage makes the error for a command line that can't be meant. Neither text may
// quote what was typed.
func usage(problem, hint string) error { return secretmux.Invalid("", problem, hint) }

// knownCommand refuses a first word that is not a command. It names the commands
// that may be meant, never the word.
func (s *session) knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "secretmux --help lists the commands"
	if meant := cmd.SuggestionsFor(args[0]); len(meant) > 0 {
		hint = "did you mean " + strings.Join(meant, " or ") + "?"
	}
	return usage("the first word is not a command", hint)
}

// words wants from lowest to highest arguments, and names them in its error. A
// negative highest is no limit.
func words(what string, lowest, highest int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= lowest && (highest < 0 || len(args) <= highest) {
			return nil
		}
		return usage(cmd.Name()+" takes "+what+", and got "+plural(len(args), "word"), seeHelp(cmd))
	}
}

func seeHelp(cmd *cobra.Command) string { return cmd.CommandPath() + " --help shows how it is used" }

// flagMistake replaces pflag's errors, which quote what was typed.
func flagMistake(cmd *cobra.Command, err error) error {
	var (
		absent  *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &invalid):
		return usage("--"+invalid.GetFlag().Name+" can't be what was given", flagHint(invalid.GetFlag()))
	case errors.As(err, &empty):
		return usage("--"+empty.GetFlag().Name+" needs a value", flagHint(empty.GetFlag()))
	case errors.As(err, &absent):
		return usage("a flag is not one of "+cmd.Name()+"'s", seeHelp(cmd))
	default:
		return usage("a flag is not well-formed", seeHelp(cmd))
	}
}

// flagHint is the first line of what help says about a flag.
func flagHint(f *pflag.Flag) string {
	_, text := pflag.UnquoteUsage(f)
	line, _, _ := strings.Cut(text, "\n")
	return "it is for: " + line
}

// durationFlag is a positive duration; zero means that it was not given.
type durationFlag time.Duration

func (d *durationFlag) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	if err != nil || parsed <= 0 {
		return errors.New("want a duration such as 30s")
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

// Type is what help shows for the value.
func (d *durationFlag) Type() string { return "duration" }
