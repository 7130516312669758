package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	filippo "filippo.io/age"
	"github.com/spf13/cobra"
)

func keygenCommand(s *session) *cobra.Command {
	var classic bool
	var file string
	cmd := &cobra.Command{
		Use:   "keygen -o FILE [flags]",
		Short: "Make a key that reads encrypted files",
		Example: "  secretmux keygen -o ~/.config/secretmux/key.txt\n" +
			"  secretmux keygen -o key.txt --classic",
		Long: "The private key goes into the file, mode 0600. The public key is printed.\n" +
			"A hybrid key also withstands a quantum computer. This matters for a file that\n" +
			"stays in a repository for years. An age: file can't have readers of both kinds,\n" +
			"and a sops: file with both is as weak as the classic one. --classic makes a\n" +
			"shorter key of the older kind, for teams that have classic or hardware keys.",
		Args: words("no words", 0, 0),
		RunE: func(*cobra.Command, []string) error {
			if file == "" {
				return usage("keygen needs a file, because it does not print a private key", "name a new file, as in -o key.txt")
			}
			private, public, err := newKey(classic)
			if err != nil {
				return err
			}
			text := fmt.Sprintf("# created: %s\n# public key: %s\n%s\n", time.Now().UTC().Format(time.RFC3339), public, private)
			if err := writeKey(file, text); err != nil {
				return err
			}
			s.say("the private key is in the file; this is the public key, for secretmux recipients add:")
			if s.json {
				return s.printJSON(map[string]string{"recipient": public})
			}
			_, err = fmt.Fprintln(s.Out, public)
			return err
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "write the private key to this new `file`")
	cmd.Flags().BoolVar(&classic, "classic", false, "make an X25519 key instead of a hybrid one")
	return cmd
}

func newKey(classic bool) (private, public string, err error) {
	// A classic key is always made first. It fails if only FIPS 140 is allowed, and
	// then making a hybrid key would never end.
	key, err := filippo.GenerateX25519Identity()
	if err != nil {
		return "", "", usage("the key can't be made", "age keys don't work with GODEBUG=fips140=only: unset it for this command")
	}
	if classic {
		return key.String(), key.Recipient().String(), nil
	}
	hybrid, err := filippo.GenerateHybridIdentity()
	if err != nil {
		return "", "", usage("the key can't be made", "try again")
	}
	return hybrid.String(), hybrid.Recipient().String(), nil
}

// writeKey writes a new file. It never overwrites one: the old key would be lost,
// and so would every file that only that key can read.
func writeKey(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the user names the file
	if errors.Is(err, fs.ErrExist) {
		return usage("the file exists already", "name another file: keygen never overwrites a key")
	}
	if err != nil {
		return usage("the file can't be written: "+reason(err), "")
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		_ = os.Remove(path)
		return usage("the file can't be written: "+reason(err), "")
	}
	return nil
}
