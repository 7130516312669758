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

// fileFlags adds the flags that say which file is meant and who may read it. With
// create the command may create the file.
func (s *session) fileFlags(cmd *cobra.Command, create bool) *encrypted {
	e := &encrypted{s: s}
	f := cmd.Flags()
	f.StringVarP(&e.file, "file", "f", "", "encrypted `file`: of age if the name ends in .age, otherwise of sops; the default is the only such link of the config string")
	f.StringVarP(&e.identity, "identity", "i", "", "`file` with private keys; the default is SECRETMUX_AGE_KEY, SOPS_AGE_KEY or SOPS_AGE_KEY_FILE")
	if create {
		f.StringArrayVarP(&e.recipients, "recipient", "r", nil, "public `key` that may read a new file; may be repeated; the default is your own key")
	}
	return e
}

// options returns the options for the file.
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

// uri returns the address of the file.
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
		return nil, usage("there is no --file, and no config string that names the file", "name the file, as in --file secrets.env")
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
		return nil, usage("the config string must have exactly one link of sops: or age:", "name the file, as in --file secrets.env")
	}
	return found[0], nil
}

// withoutPolicy removes the parameters that belong to the link and not to the file.
func withoutPolicy(u *secretmux.URI) *secretmux.URI {
	for _, key := range []string{"document", "on", "only", "retry", "stale", "timeout", "ttl"} {
		u = u.With(key)
	}
	return u
}

// editor returns an Editor of the file. If the file does not exist yet, it will be
// encrypted for --recipient or, without that, for the user's own public keys.
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

// ownRecipients returns the public keys of the user's identities.
func ownRecipients(o age.Options) []string {
	text, _ := AgeKey(age.DefaultKeyVariable)
	if o.IdentityFile != "" {
		content, err := os.ReadFile(o.IdentityFile)
		if err != nil {
			return nil // the editor reports it
		}
		text = string(content)
	}
	if _, _, err := newKey(true); err != nil {
		return nil // only FIPS 140 is allowed, and then parsing a hybrid key never ends
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

// AgeKey looks up private keys like the library, and also in the variables of sops.
// A user who has set up sops does not have to set anything else.
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
