package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	filippo "filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
)

// encrypted is the encrypted file that a command changes.
type encrypted struct {
	s          *session
	file       string // of --file
	identity   string // of --identity
	recipients []string
}

// fileFlags adds the flags that say which file, and who reads it. With create the
// command can begin a file.
func (s *session) fileFlags(cmd *cobra.Command, create bool) *encrypted {
	e := &encrypted{s: s}
	f := cmd.Flags()
	f.StringVarP(&e.file, "file", "f", "", "the encrypted `file`: *.age of age, any other of sops; without it the only such link of the config string")
	f.StringVarP(&e.identity, "identity", "i", "", "`file` with private keys; without it SECRETMUX_AGE_KEY, SOPS_AGE_KEY or SOPS_AGE_KEY_FILE")
	if create {
		f.StringArrayVarP(&e.recipients, "recipient", "r", nil, "public `key` that may read a file that is begun; may be repeated; without it your own")
	}
	return e
}

// options are those of the file.
func (e *encrypted) options() (age.Options, error) {
	u, err := e.uri()
	if err != nil {
		return age.Options{}, err
	}
	o, err := age.Options{Lookup: AgeKey}.At(withoutPolicy(u))
	if e.identity != "" {
		o.IdentityFile = e.identity
	}
	return o, err
}

// uri is the address of the file.
func (e *encrypted) uri() (*secretmux.URI, error) {
	switch {
	case strings.HasPrefix(e.file, "sops:"), strings.HasPrefix(e.file, "age:"):
		return secretmux.ParseURI(e.file)
	case strings.HasSuffix(e.file, ".age"):
		return &secretmux.URI{Scheme: string(age.Age), Path: filepath.ToSlash(e.file)}, nil
	case e.file != "":
		return &secretmux.URI{Scheme: string(age.Sops), Path: filepath.ToSlash(e.file)}, nil
	}
	config, err := e.s.configString()
	if err != nil {
		return nil, usage("it is not clear which file is meant", "name it: --file secrets.env")
	}
	links, err := secretmux.ParseConfig(config)
	if err != nil {
		return nil, err
	}
	var found []*secretmux.URI
	for _, link := range links {
		if link.URI.Scheme == string(age.Sops) || link.URI.Scheme == string(age.Age) {
			found = append(found, link.URI)
		}
	}
	if len(found) != 1 {
		return nil, usage("the config string does not have exactly one link of sops: or age:", "name the file: --file secrets.env")
	}
	return found[0], nil
}

// withoutPolicy takes off what is the link's and not the file's.
func withoutPolicy(u *secretmux.URI) *secretmux.URI {
	for _, key := range []string{"document", "on", "only", "retry", "stale", "timeout", "ttl"} {
		u = u.With(key)
	}
	return u
}

// editor changes the file. A file that does not exist yet
// is encrypted for --recipient, and without that for the own public keys.
func (e *encrypted) editor() (*age.Editor, error) {
	o, err := e.options()
	if err != nil {
		return nil, err
	}
	recipients := e.recipients
	if _, err := os.Stat(o.Path); errors.Is(err, fs.ErrNotExist) && len(recipients) == 0 {
		recipients = ownRecipients(o)
	}
	return age.NewEditor(o, recipients...)
}

// ownRecipients are the public keys of the identities that are at hand.
func ownRecipients(o age.Options) []string {
	text, _ := AgeKey(age.DefaultKeyVariable)
	if o.IdentityFile != "" {
		content, err := os.ReadFile(o.IdentityFile)
		if err != nil {
			return nil // the editor says so
		}
		text = string(content)
	}
	if _, _, err := newKey(true); err != nil {
		return nil // only FIPS 140 is allowed, where parsing a hybrid key goes on for ever
	}
	identities, err := filippo.ParseIdentities(strings.NewReader(text))
	if err != nil {
		return nil // the same
	}
	var keys []string
	for _, identity := range identities {
		switch identity := identity.(type) {
		case *filippo.X25519Identity:
			keys = append(keys, identity.Recipient().String())
		case *filippo.HybridIdentity:
			keys = append(keys, identity.Recipient().String())
		}
	}
	return keys
}

// AgeKey looks up private keys as the library does, and in the variables of sops as
// well: whoever has sops set up needs nothing more.
func AgeKey(variable string) (string, bool) {
	if value, ok := os.LookupEnv(variable); ok || variable != age.DefaultKeyVariable {
		return value, ok
	}
	if value, ok := os.LookupEnv("SOPS_AGE_KEY"); ok {
		return value, true
	}
	if path := os.Getenv("SOPS_AGE_KEY_FILE"); path != "" {
		content, err := os.ReadFile(path) //nolint:gosec // the user names the file
		return string(content), err == nil
	}
	return "", false
}
