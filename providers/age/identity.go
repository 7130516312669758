package age

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"io"
	"os"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age/internal/fault"
	"github.com/secretmux/secretmux/providers/age/internal/sops"
)

const hintIdentity = "make a key with secretmux keygen, and ask a reader of the file to add it with secretmux recipients add; then give its file with identity_file=, or set " + DefaultKeyVariable

// identities returns the private keys that are valid now.
func (o Options) identities() ([]age.Identity, error) {
	if o.held != nil {
		return o.held(), nil
	}
	if fips() { // otherwise parsing a hybrid key would never end
		return nil, fault.FIPS()
	}
	text, _ := o.Lookup(DefaultKeyVariable)
	if o.IdentityFile != "" {
		content, err := os.ReadFile(o.IdentityFile)
		if err != nil {
			return nil, &fault.Error{Class: secretmux.ErrUnauthenticated, Problem: "the file of identities can't be read: " + systemSays(err), Hint: hintIdentity}
		}
		text = string(content)
	}
	if strings.TrimSpace(text) == "" {
		return nil, &fault.Error{Class: secretmux.ErrUnauthenticated, Problem: "no identity is given, neither with identity_file= nor in the variable " + DefaultKeyVariable, Hint: hintIdentity}
	}
	found, err := age.ParseIdentities(strings.NewReader(trimLines(text)))
	if err != nil { // the cause is replaced, because it may quote a private key
		return nil, fault.Invalid("the identities are malformed or of an unsupported kind: an SSH key, a plugin, or a key behind a passphrase",
			"write an identity as a line that starts with AGE-SECRET-KEY-1 or AGE-SECRET-KEY-PQ-1; secretmux keygen makes one")
	}
	return found, nil
}

// trimLines removes the white space that editors and secret managers put around a key.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}

const armorHeader = "-----BEGIN AGE ENCRYPTED FILE-----"

func armored(data []byte) bool { return bytes.HasPrefix(data, []byte(armorHeader)) }

// decrypt decrypts a file of age, armored or not. It reads the file to its end, because
// age reports only there that something was cut off.
func decrypt(data []byte, identities []age.Identity) ([]byte, error) {
	if fips() {
		return nil, fault.FIPS()
	}
	var source io.Reader = bytes.NewReader(data)
	if armored(data) {
		source = armor.NewReader(source)
	} else if !bytes.HasPrefix(data, []byte("age-encryption.org/")) {
		return nil, fault.Invalid("the file is not an age file", "encrypt it with secretmux edit, or with age -e -a -R RECIPIENTS")
	}
	plain, err := age.Decrypt(source, identities...)
	var foreign *age.NoIdentityMatchError
	switch {
	case errors.As(err, &foreign):
		return nil, &fault.Error{Class: secretmux.ErrDenied, Problem: "this key is not among the recipients of the file", Hint: "ask a reader of the file to add this key with secretmux recipients add"}
	case err != nil: // the cause may quote the header
		return nil, fault.Corrupt("the header of the file was changed or is cut")
	}
	content, err := io.ReadAll(io.LimitReader(plain, maxSize+1))
	switch {
	case err != nil:
		return nil, fault.Corrupt("the file was changed or is cut")
	case len(content) > maxSize:
		return nil, errTooLarge
	}
	return content, nil
}

// dataKey decrypts the data key of a sops file with the first of its entries that one
// of the identities can decrypt.
func dataKey(meta *sops.Metadata, identities []age.Identity) ([]byte, error) {
	var first error
	for _, entry := range meta.Entries {
		key, err := decrypt([]byte(entry.Wrapped), identities)
		if err == nil {
			return key, nil
		}
		// A wrong entry says more than an entry for another reader does.
		if first == nil || errors.Is(first, secretmux.ErrDenied) {
			first = err
		}
	}
	return nil, first
}

// fips reports whether only FIPS 140 is allowed. Then GCM does not accept a nonce from
// its caller.
func fips() bool {
	block, err := aes.NewCipher(make([]byte, sops.KeySize))
	if err != nil {
		return true
	}
	_, err = cipher.NewGCMWithNonceSize(block, 32)
	return err != nil
}
