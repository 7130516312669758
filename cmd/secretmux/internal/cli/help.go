package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// columns is the greatest width of a line of help.
const columns = 80

// help prints the example first, because people read it first.
func help(cmd *cobra.Command) {
	w := cmd.OutOrStdout()
	write(w, cmd.Short+".\n")
	section(w, "Examples", cmd.Example)
	section(w, "Usage", "  "+useLine(cmd))
	if cmd.Long != "" {
		write(w, "\n"+strings.TrimRight(cmd.Long, "\n")+"\n")
	}
	if cmd.HasAvailableSubCommands() {
		var list strings.Builder
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				_, _ = fmt.Fprintf(&list, "  %-15s %s\n", sub.Name(), sub.Short)
			}
		}
		section(w, "Commands", list.String())
	}
	section(w, "Flags", flagText(cmd.LocalNonPersistentFlags()))
	if cmd.HasParent() {
		section(w, "Flags of every command", flagText(cmd.InheritedFlags()))
	} else {
		section(w, "Flags of every command", flagText(cmd.PersistentFlags()))
	}
}

func useLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND [flags]"
	}
	if cmd.HasParent() {
		return cmd.Parent().CommandPath() + " " + cmd.Use
	}
	return cmd.Use
}

func flagText(flags *pflag.FlagSet) string {
	flags.SortFlags = false
	return flags.FlagUsagesWrapped(columns)
}

func section(w io.Writer, title, text string) {
	if text = strings.TrimRight(text, "\n"); text != "" {
		write(w, "\n"+title+":\n"+text+"\n")
	}
}

// write writes a message. It ignores errors, because there is no other place to
// report them.
func write(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show what a command does",
		Example: "  secretmux help get",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usage("there is no such command", "run secretmux --help for a list of the commands")
			}
			about.InitDefaultHelpFlag()
			help(about)
			return nil
		},
	}
}
