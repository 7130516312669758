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
		Long: "The private key goes into the file, mode 0600; the public key is printed.\n" +
			"A hybrid key also withstands a quantum computer, which matters for what stays\n" +
			"in a repository for years. Keys of both kinds can't read one age: file, and in\n" +
			"a sops: file the weaker one counts. --classic makes a shorter key of the older\n" +
			"kind, for teams that have such ones, or hardware keys.",
		Args: words("no words", 0, 0),
		RunE: func(*cobra.Command, []string) error {
			if file == "" {
				return usage("a private key is not printed", "name a file for it: -o key.txt")
			}
			private, public, err := newKey(classic)
			if err != nil {
				return err
			}
			text := fmt.Sprintf("# created: %s\n# public key: %s\n%s\n", time.Now().UTC().Format(time.RFC3339), public, private)
			if err := writeKey(file, text); err != nil {
				return err
			}
			s.say("the private key is in the file; this is the public one, for secretmux recipients add:")
			if s.json {
				return s.printJSON(map[string]string{"recipient": public})
			}
			_, err = fmt.Fprintln(s.Out, public)
			return err
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", "write the private key to this new `file`")
	cmd.Flags().BoolVar(&classic, "classic", false, "make an X25519 key and not a hybrid one")
	return cmd
}

func newKey(classic bool) (private, public string, err error) {
	// The classic one is made first in any case: where only FIPS 140 is allowed it fails,
	// and making a hybrid one would go on for ever.
	key, err := filippo.GenerateX25519Identity()
	if err != nil {
		return "", "", usage("no key can be made", "GODEBUG=fips140=only forbids keys of age")
	}
	if classic {
		return key.String(), key.Recipient().String(), nil
	}
	hybrid, err := filippo.GenerateHybridIdentity()
	if err != nil {
		return "", "", usage("no key can be made", "try again")
	}
	return hybrid.String(), hybrid.Recipient().String(), nil
}

// writeKey writes a file that does not exist yet: a key that is overwritten is lost, and
// all that only it could read.
func writeKey(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the user names the file
	if errors.Is(err, fs.ErrExist) {
		return usage("the file exists", "name another one: a key is never overwritten")
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
