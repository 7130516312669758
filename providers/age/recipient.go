package age

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/secretmux/secretmux/providers/age/internal/fault"
	"github.com/secretmux/secretmux/providers/age/internal/sops"
)

// parseRecipients reads public keys. Its errors quote none of them, because one may be
// a private key by mistake.
func parseRecipients(keys []string) ([]age.Recipient, error) {
	const hint = "give a public key, which starts with age1 or age1pq1; secretmux keygen and age-keygen -y print it"
	if fips() {
		return nil, fault.FIPS()
	}
	recipients := make([]age.Recipient, 0, len(keys))
	for _, key := range keys {
		if strings.HasPrefix(strings.ToUpper(key), "AGE-SECRET-KEY-") {
			return nil, fault.Invalid("a recipient is a private key", "give the public key; "+hint+"; replace the private key if others have seen it")
		}
		one, err := age.ParseRecipients(strings.NewReader(key))
		if err != nil || len(one) != 1 {
			return nil, fault.Invalid("a recipient is malformed or of an unsupported kind: an SSH key or a plugin", hint)
		}
		recipients = append(recipients, one[0])
	}
	if len(recipients) == 0 {
		return nil, fault.Invalid("the file has no recipient, so nobody could read it", hint)
	}
	return recipients, nil
}

// encrypt makes a file of age.
func encrypt(plain []byte, recipients []age.Recipient, armored bool) ([]byte, error) {
	hybrid := func(r age.Recipient) bool { _, ok := r.(*age.HybridRecipient); return ok }
	if some := slices.ContainsFunc(recipients, hybrid); some && !allOf(recipients, hybrid) {
		return nil, fault.Invalid("some recipients are hybrid and others are classic: a quantum computer could open the file through a classic one",
			"give all of them hybrid keys, or all of them classic ones: secretmux keygen --classic")
	}
	var out bytes.Buffer
	outer := armor.NewWriter(&out)
	target := struct {
		write func([]byte) (int, error)
		close func() error
	}{outer.Write, outer.Close}
	if !armored {
		target.write, target.close = out.Write, func() error { return nil }
	}
	w, err := age.Encrypt(writerFunc(target.write), recipients...)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = target.close()
	}
	if err != nil {
		return nil, fault.Invalid("the recipients can't be used together", "give all of them keys of one kind")
	}
	return out.Bytes(), nil
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func allOf(recipients []age.Recipient, is func(age.Recipient) bool) bool {
	for _, r := range recipients {
		if !is(r) {
			return false
		}
	}
	return true
}

// wrap encrypts a data key for each recipient.
func wrap(key []byte, recipients []string) ([]sops.Entry, error) {
	entries := make([]sops.Entry, len(recipients))
	for i, r := range recipients {
		parsed, err := parseRecipients([]string{r})
		if err != nil {
			return nil, err
		}
		wrapped, err := encrypt(key, parsed, true)
		if err != nil {
			return nil, err
		}
		entries[i] = sops.Entry{Recipient: r, Wrapped: string(wrapped)}
	}
	return entries, nil
}

func newDataKey() []byte {
	key := make([]byte, sops.KeySize)
	_, _ = rand.Read(key) // it never fails
	return key
}
