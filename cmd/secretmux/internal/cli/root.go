package cli

import (
	"github.com/spf13/cobra"
)

// commands are all commands, in the order of help.
func commands() []func(*session) *cobra.Command {
	return []func(*session) *cobra.Command{
		runCommand, getCommand, listCommand, checkCommand, explainCommand, lintCommand, diffCommand, scanCommand,
		initCommand, ageCommand, checkExampleCommand, editCommand, setCommand, rmCommand,
		keygenCommand, recipientsCommand, reencryptCommand, completionCommand,
	}
}

func rootCommand(s *session) *cobra.Command {
	root := &cobra.Command{
		Use:   "secretmux",
		Short: "Ask a chain of secret stores, and hand secrets to programs",
		Long: "The config string of -c or SECRETS says which stores are asked, and in which\n" +
			"order. No other file is looked for.",
		Example:           "  SECRETS='env:,dotenv:.env' secretmux get db/password",
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		// A command is suggested if at most so many letters are wrong.
		SuggestionsMinimumDistance: 2,
		Args:                       s.knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(s.Err)
			help(cmd)
			return errSilentUsage
		},
	}
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return noFlagAsValue(cmd) }
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetOut(&s.help)
	root.SetErr(s.Err)
	root.SetIn(s.In)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { help(cmd) })
	root.SetHelpCommand(helpCommand())
	root.SetFlagErrorFunc(flagMistake)
	root.InitDefaultVersionFlag()
	s.globalFlags(root)
	for _, command := range commands() {
		sub := command(s)
		sub.Flags().SortFlags = false // the order in which they are written down
		root.AddCommand(sub)
	}
	return root
}

func (s *session) globalFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.SortFlags = false
	f.VarP(configFlag{&s.config}, "config", "c", "config `string` of the chain; the default is SECRETS")
	f.BoolVar(&s.json, "json", false, "print JSON")
	f.Var(&s.timeout, "timeout", "give up on the stores after this time, as in 30s")
	f.BoolVarP(&s.quiet, "quiet", "q", false, "print errors and data only")
	f.BoolVar(&s.noInput, "no-input", false, "never ask a question: fail if an answer is needed")
	f.BoolVar(&s.allowExec, "allow-exec", false, "allow links that start a program, such as exec:")
}
