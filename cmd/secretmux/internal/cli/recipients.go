package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux/providers/age"
)

func recipientsCommand(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "recipients",
		Short: "Show and change who may read an encrypted file",
		Example: "  secretmux recipients list --file secrets.env\n" +
			"  secretmux recipients add -f secrets.env age1pq1...\n" +
			"  secretmux recipients remove -f secrets.env age1pq1...",
		Long: "Recipients are public keys, which secretmux keygen prints. An age: file has its\n" +
			"recipients in a second file beside it, with .recipients at the end of its name.",
	}
	cmd.AddCommand(recipientsList(s), recipientsAdd(s), recipientsRemove(s))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s.hide(args...)
		return usage("recipients takes list, add or remove", seeHelp(cmd))
	}
	return cmd
}

func recipientsList(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "list [flags]", Short: "Print the public keys that may read the file",
		Example: "  secretmux recipients list --file secrets.env", Args: words("no words", 0, 0),
	}
	e := s.fileFlags(cmd, false)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		editor, err := e.editor()
		if err != nil {
			return err
		}
		keys, err := editor.Recipients(cmd.Context())
		if err != nil {
			return err
		}
		if s.json {
			return s.printJSON(append([]string{}, keys...))
		}
		for _, key := range keys {
			if _, err := fmt.Fprintln(s.Out, printable([]string{key})[0]); err != nil {
				return err
			}
		}
		return nil
	}
	return cmd
}

func recipientsAdd(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "add KEY... [flags]", Short: "Let more public keys read the file",
		Example: "  secretmux recipients add --file secrets.env age1pq1...", Args: words("public keys", 1, -1),
	}
	e := s.fileFlags(cmd, false)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s.hide(args...) // a user may type the private key by mistake
		editor, err := e.editor()
		if err != nil {
			return err
		}
		if err := editor.AddRecipients(cmd.Context(), args...); err != nil {
			return err
		}
		keys, err := editor.Recipients(cmd.Context())
		hybrid := func(key string) bool { return strings.HasPrefix(key, "age1pq1") }
		if err == nil && slices.ContainsFunc(keys, hybrid) && slices.ContainsFunc(keys, func(key string) bool { return !hybrid(key) }) {
			s.say("the file has hybrid and classic recipients: a quantum computer could open it with the classic key")
		}
		return err
	}
	return cmd
}

func recipientsRemove(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "remove KEY... [flags]", Short: "Remove public keys from the readers of the file",
		Example: "  secretmux recipients remove --file secrets.env age1pq1...",
		Long: "The holder of a removed key could read every secret of the file, and can still\n" +
			"read the old versions in the history. Rotate those secrets where they are used.\n" +
			"Their names are printed.",
		Args: words("public keys", 1, -1),
	}
	e := s.fileFlags(cmd, false)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s.hide(args...)
		editor, err := e.editor()
		if err != nil {
			return err
		}
		names, err := e.names(cmd.Context())
		if err != nil {
			return err
		}
		if err := editor.RemoveRecipients(cmd.Context(), args...); err != nil {
			return err
		}
		s.say("rotate these " + strconv.Itoa(len(names)) + " secrets: a holder of the removed key could read them, and still can in the history")
		if s.json {
			return s.printJSON(map[string][]string{"rotate": names})
		}
		for _, name := range names {
			if _, err := fmt.Fprintln(s.Out, printable([]string{name})[0]); err != nil {
				return err
			}
		}
		return nil
	}
	return cmd
}

// names returns the names of the secrets in the file.
func (e *encrypted) names(ctx context.Context) ([]string, error) {
	o, err := e.options()
	if err != nil {
		return nil, err
	}
	p, err := age.New(o)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for info, err := range p.List(ctx, "") {
		if err != nil {
			return nil, err
		}
		names = append(names, info.Name)
	}
	return names, nil
}
