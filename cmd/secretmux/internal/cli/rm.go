package cli

import "github.com/spf13/cobra"

func rmCommand(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "rm NAME [flags]",
		Short:   "Remove one secret from an encrypted file",
		Example: "  secretmux rm db/password --file secrets.env",
		Long:    "The history of the repository keeps the old line, so rotate that secret.",
		Args:    words("one name, such as db/password", 1, 1),
	}
	e := s.fileFlags(cmd, false)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s.hide(args...)
		editor, err := e.editor()
		if err != nil {
			return err
		}
		return editor.Remove(cmd.Context(), args[0])
	}
	return cmd
}

func reencryptCommand(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "reencrypt [flags]",
		Short:   "Encrypt a file again, with a new data key for the same readers",
		Example: "  secretmux reencrypt --file secrets.env",
		Long: "Every line changes. A person who could read the file before may still know its\n" +
			"secrets: a new key protects only secrets that you write from now on.",
		Args: words("no words", 0, 0),
	}
	e := s.fileFlags(cmd, false)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		editor, err := e.editor()
		if err != nil {
			return err
		}
		return editor.Reencrypt(cmd.Context())
	}
	return cmd
}
