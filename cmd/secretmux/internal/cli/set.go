package cli

import (
	"bytes"
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/secretmux/secretmux"
)

// maxValue is the largest value that set takes, in bytes.
const maxValue = 1 << 20

func setCommand(s *session) *cobra.Command {
	var raw bool
	cmd := &cobra.Command{
		Use:   "set NAME [flags]",
		Short: "Set one secret of an encrypted file",
		Example: "  secretmux set db/password --file secrets.env\n" +
			"  openssl rand -base64 24 | secretmux set db/password -f secrets.env\n" +
			"  secretmux set tls/key -f 'age:tls.key.age?name=tls/key' --raw < tls.key",
		Long: "The value comes from the standard input, without one final line end. On a\n" +
			"terminal, set asks for it and hides what you type. It is never an argument,\n" +
			"because others on this machine can read arguments. In a sops: file only the\n" +
			"lines of this secret, the MAC and the time change. A new file needs only public\n" +
			"keys. A change also needs a private key, because the MAC covers all values.",
		Args: words("only one name, such as db/password, and never the value", 1, 1),
	}
	e := s.fileFlags(cmd, true)
	cmd.Flags().BoolVar(&raw, "raw", false, "keep every byte of the standard input, even the final line end")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s.hide(args...)
		if err := secretmux.ValidateName(args[0]); err != nil {
			return err
		}
		editor, err := e.editor()
		if err != nil {
			return err
		}
		value, err := s.readValue(cmd.Context(), raw)
		if err != nil {
			return err
		}
		return editor.Set(cmd.Context(), args[0], value)
	}
	return cmd
}

// readValue reads a value from the standard input, or asks for it.
func (s *session) readValue(ctx context.Context, raw bool) ([]byte, error) {
	if file, ok := s.In.(*os.File); ok && isTerminal(file) {
		if s.noInput {
			return nil, usage("the value is missing, and with --no-input it can't be asked for", "write the value to the standard input")
		}
		return s.askHidden(ctx, file)
	}
	value, err := io.ReadAll(io.LimitReader(s.In, maxValue+1))
	switch {
	case err != nil:
		return nil, usage("the standard input can't be read: "+reason(err), "")
	case len(value) > maxValue:
		return nil, usage("the value is over 1 MiB", "the limit is 1 MiB")
	case raw:
		return value, nil
	}
	if text, ok := bytes.CutSuffix(value, []byte("\r\n")); ok {
		return text, nil
	}
	return bytes.TrimSuffix(value, []byte("\n")), nil
}

// askHidden asks for a value on a terminal and hides what is typed. A signal ends
// the question, and then the terminal shows typed text again.
func (s *session) askHidden(ctx context.Context, terminal *os.File) ([]byte, error) {
	descriptor := int(terminal.Fd())
	// The terminal hides typed text before the question is shown. ReadPassword
	// would hide it later, and a paste could be quicker. ReadPassword handles line
	// editing and signals.
	before, err := term.MakeRaw(descriptor)
	if err != nil {
		return nil, usage("the terminal can't hide what you type", "write the value to the standard input")
	}
	defer func() { _ = term.Restore(descriptor, before) }()
	write(s.Err, "Value (not shown): ")
	type answer struct {
		value []byte
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := term.ReadPassword(descriptor)
		answers <- answer{value, err}
	}()
	select {
	case <-ctx.Done():
		write(s.Err, "\r\n")
		return nil, ctx.Err()
	case got := <-answers:
		write(s.Err, "\r\n")
		if got.err != nil {
			return nil, usage("no value was typed", "")
		}
		return got.value, nil
	}
}
