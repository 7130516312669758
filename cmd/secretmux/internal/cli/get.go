package cli

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
)

func getCommand(s *session) *cobra.Command {
	var reveal bool
	var file string
	cmd := &cobra.Command{
		Use:   "get REF [flags]",
		Short: "Show where a secret comes from, and with --reveal its value",
		Example: "  secretmux get db/password\n" +
			"  secretmux get 'db/creds?version=previous#password' --reveal\n" +
			"  secretmux get tls/key --reveal -o tls.key",
		Long: "Without --reveal it prints no byte of the value, not even into a pipe.\n" +
			"With --reveal it prints the exact value. A line end is added only on a terminal.",
		Args: words("one reference, such as db/password or db/creds#password", 1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.hide(args...)
			if file != "" && !reveal {
				return usage("-o writes the value, and needs --reveal", "add --reveal")
			}
			var secret secretmux.Secret
			err := s.withStore(cmd.Context(), func(ctx context.Context, store *secretmux.Store) (err error) {
				secret, err = store.Get(ctx, args[0])
				return err
			})
			switch {
			case err != nil:
				return err
			case file != "":
				if slices.Contains(s.ownFiles(filepath.Dir(file)), filepath.Base(file)) {
					return usage("the file of --output is one of the stores", "name another one: it would be replaced")
				}
				return writePrivate(file, secret.Bytes())
			case s.json:
				return s.printJSON(describe(args[0], secret, reveal))
			case reveal:
				return s.reveal(secret)
			}
			return s.table(description(secret))
		},
	}
	cmd.Flags().BoolVar(&reveal, "reveal", false, "print the value")
	cmd.Flags().StringVarP(&file, "output", "o", "", "with --reveal, write the value to this `file`, mode 0600")
	return cmd
}

// secretJSON describes a secret. It has a value only with --reveal: Value if the
// value is text, Base64 otherwise.
type secretJSON struct {
	Ref     string     `json:"ref"`
	Source  string     `json:"source"`
	Version string     `json:"version,omitempty"`
	Created *time.Time `json:"created,omitempty"`
	Expires *time.Time `json:"expires,omitempty"`
	Size    int        `json:"size"`
	Value   *string    `json:"value,omitempty"`
	Base64  []byte     `json:"value_base64,omitempty"`
}

func describe(ref string, secret secretmux.Secret, reveal bool) secretJSON {
	value := secret.Bytes()
	d := secretJSON{
		Ref: ref, Source: secret.Source(), Version: secret.Version(),
		Created: jsonTime(secret.Created()), Expires: jsonTime(secret.Expires()), Size: len(value),
	}
	switch {
	case !reveal:
	case utf8.Valid(value):
		text := string(value)
		d.Value = &text
	default:
		d.Base64 = value
	}
	return d
}

func description(secret secretmux.Secret) [][]string {
	expires := "unknown"
	if at := secret.Expires(); !at.IsZero() {
		expires = "in " + short(time.Until(at))
	}
	version := secret.Version()
	if version == "" {
		version = "unknown"
	}
	return [][]string{
		{"source", secret.Source()},
		{"version", version},
		{"age", ageOf(secret.Created())},
		{"expires", expires},
		{"size", strconv.Itoa(len(secret.Bytes())) + " bytes"},
	}
}

// reveal prints the value. A pipe or a file gets its exact bytes.
func (s *session) reveal(secret secretmux.Secret) error {
	value := secret.Bytes()
	if isTerminal(s.Out) {
		value = append(value, '\n')
	}
	_, err := s.Out.Write(value)
	return err
}
