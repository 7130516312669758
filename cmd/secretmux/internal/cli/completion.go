package cli

import (
	"os"

	"github.com/spf13/cobra"
)

func completionCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a script that completes commands and flags in a shell",
		Example: "  source <(secretmux completion bash)\n" +
			"  secretmux completion fish >~/.config/fish/completions/secretmux.fish",
		Long:      "SHELL is bash, zsh, fish or powershell. Completion never asks a store.",
		Args:      words("one shell: bash, zsh, fish or powershell", 1, 1),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(s.Out, true)
			case "zsh":
				return root.GenZshCompletion(s.Out)
			case "fish":
				return root.GenFishCompletion(s.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(s.Out)
			}
			return usage("the shell is not supported", "write bash, zsh, fish or powershell")
		},
	}
}

// completeNames completes the names of the variables in the files of --refs.
func (o *runOptions) completeNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, path := range o.refs {
		text, err := os.ReadFile(path) //nolint:gosec // the user names the file
		if err != nil {
			continue
		}
		refs, err := parseRefs(string(text))
		if err != nil {
			continue
		}
		for _, r := range refs {
			if name := labelOf(r.name, ""); name != "" {
				names = append(names, name)
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
