package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What a flag got that it can't mean.
var (
	errTwice = errors.New("it was given twice")
	errEmpty = errors.New("it is empty")
)

// configFlag is -c. Two of them would be two chains, and an empty one is a variable of
// the shell that is not set: neither may turn into another chain unsaid.
type configFlag struct{ text *string }

func (c configFlag) Set(text string) error {
	switch {
	case *c.text != "":
		return errTwice
	case text == "":
		return errEmpty
	}
	*c.text = text
	return nil
}

func (c configFlag) String() string {
	if c.text == nil {
		return ""
	}
	return *c.text
}

// Type is what help shows for the value.
func (c configFlag) Type() string { return "string" }

// mistakenValue is the error for a value that a flag refused.
func mistakenValue(invalid *pflag.InvalidValueError) error {
	f := invalid.GetFlag()
	switch {
	case errors.Is(invalid, errTwice):
		return usage("--"+f.Name+" was given twice", "write one config string: a comma separates the links")
	case errors.Is(invalid, errEmpty):
		return usage("--"+f.Name+" is empty", "give it a config string, as in 'env:,dotenv:.env', or leave the flag out: then it is SECRETS")
	case f.Value.Type() == "bool":
		return usage("the value of --"+f.Name+" is malformed", "write --"+f.Name+" without a value")
	}
	return usage("the value of --"+f.Name+" is malformed", flagHint(f))
}

// noFlagAsValue refuses a flag whose value is the next flag, or the -- of run: the value
// was forgotten.
func noFlagAsValue(cmd *cobra.Command) error {
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if several, ok := f.Value.(pflag.SliceValue); ok {
			values = several.GetSlice()
		}
		if slices.ContainsFunc(values, func(v string) bool { return strings.HasPrefix(v, "--") }) {
			err = usage("--"+f.Name+" needs a value, and what follows it is a flag or --", flagHint(f))
		}
	})
	return err
}
