package age

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/secretmux/secretmux/providers/age/internal/fault"
	"github.com/secretmux/secretmux/providers/age/internal/sops"
	"github.com/secretmux/secretmux/providers/dotenv"
)

// document is an open file that can be changed.
type document interface {
	// set reports whether it changed anything. remove reports whether the key existed.
	set(key, value string) (bool, error)
	remove(key string) (bool, error)
	// plain returns the text that a person edits. replace takes the edited text.
	plain() ([]byte, error)
	replace(text []byte) error
	recipients() []string
	// admit sets the recipients. With fresh, a reader that was removed can't read
	// anything that is written from now on.
	admit(recipients []string, fresh bool) error
	// encode returns the file in the form in which it is written.
	encode(now time.Time) ([]byte, error)
}

// document decrypts the data of a file. If there is no file, it begins one for
// recipients.
func (o Options) document(data []byte, recipients []string) (document, error) {
	if data == nil {
		if o.Kind == Age {
			d := &wholeFile{readers: recipients, armor: true, free: o.Name != ""}
			_, err := parseRecipients(recipients)
			return d, err
		}
		d := &sopsFile{file: sops.NewDotenv()}
		return d, d.admit(recipients, true)
	}
	identities, err := o.identities()
	if err != nil {
		return nil, err
	}
	if o.Kind == Age {
		return o.wholeFile(data, identities)
	}
	if isJSON(data) {
		return nil, fault.Invalid("this package reads sops: files in JSON, but does not write them", "change the file with sops edit")
	}
	file, err := sops.ParseDotenv(data)
	if err != nil {
		return nil, err
	}
	key, err := dataKey(file.Metadata, identities)
	if err != nil {
		return nil, err
	}
	_, err = file.Values(key) // a file that was tampered with is not changed further
	return &sopsFile{file: file, key: key}, err
}

// sopsFile is a dotenv file of sops.
type sopsFile struct {
	file *sops.Dotenv
	key  []byte
}

func (d *sopsFile) set(key, value string) (bool, error) { return d.file.Set(d.key, key, value) }
func (d *sopsFile) remove(key string) (bool, error)     { return d.file.Remove(key), nil }
func (d *sopsFile) plain() ([]byte, error)              { return d.file.Plain(d.key) }
func (d *sopsFile) replace(text []byte) error           { return d.file.Replace(d.key, text) }

func (d *sopsFile) recipients() []string {
	all := make([]string, len(d.file.Metadata.Entries))
	for i, e := range d.file.Metadata.Entries {
		all[i] = e.Recipient
	}
	return all
}

func (d *sopsFile) admit(recipients []string, fresh bool) error {
	if len(recipients) == 0 {
		_, err := parseRecipients(nil)
		return err
	}
	kept := make(map[string]sops.Entry)
	if fresh {
		if d.file.Metadata.Others {
			return fault.Invalid("its data key is also encrypted for a KMS, Vault or PGP, which this package does not support", "change the recipients with sops rotate")
		}
		key := newDataKey()
		if d.key != nil {
			if err := d.file.Rekey(d.key, key); err != nil {
				return err
			}
		}
		d.key = key
	} else {
		for _, e := range d.file.Metadata.Entries {
			kept[e.Recipient] = e
		}
	}
	entries := make([]sops.Entry, 0, len(recipients))
	for _, r := range recipients {
		if e, ok := kept[r]; ok {
			entries = append(entries, e)
			continue
		}
		made, err := wrap(d.key, []string{r})
		if err != nil {
			return err
		}
		entries = append(entries, made...)
	}
	d.file.SetEntries(entries)
	return nil
}

func (d *sopsFile) encode(now time.Time) ([]byte, error) {
	if err := d.file.Seal(d.key, now); err != nil {
		return nil, err
	}
	out := d.file.Bytes()
	again, err := sops.ParseDotenv(out)
	if err != nil {
		return nil, err
	}
	_, err = again.Values(d.key)
	return out, err
}

// wholeFile is a file that is encrypted as one piece.
type wholeFile struct {
	text    []byte
	readers []string // from the file beside it, because an age file does not name its recipients
	list    []byte   // that file
	armor   bool
	free    bool // it may hold any text, and not only a .env file
}

func (o Options) wholeFile(data []byte, identities []age.Identity) (document, error) {
	plain, err := decrypt(data, identities)
	if err != nil {
		return nil, err
	}
	d := &wholeFile{text: plain, armor: armored(data), free: o.Name != ""}
	d.list, err = readFile(o.Path + recipientsSuffix)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(d.list)) {
		if key := strings.TrimSpace(line); isKey(key) {
			d.readers = append(d.readers, key)
		}
	}
	return d, nil
}

// isKey reports whether a line of a list is a recipient, and not a comment or an empty
// line.
func isKey(line string) bool { return line != "" && line[0] != '#' }

// listText is the list of the readers, with the comments that a person wrote into it.
func (d *wholeFile) listText() []byte {
	var b strings.Builder
	missing := slices.Clone(d.readers)
	for line := range strings.Lines(string(d.list)) {
		key := strings.TrimSpace(line)
		i := slices.Index(missing, key)
		if isKey(key) && i < 0 {
			continue
		}
		if i >= 0 {
			missing = slices.Delete(missing, i, i+1)
		}
		b.WriteString(strings.TrimRight(line, "\r\n") + "\n")
	}
	for _, key := range missing {
		b.WriteString(key + "\n")
	}
	return []byte(b.String())
}

func (d *wholeFile) set(key, value string) (bool, error) {
	changed, err := setIn(string(d.text), key, value)
	differs := changed != string(d.text)
	d.text = []byte(changed)
	return differs, err
}

func (d *wholeFile) remove(key string) (bool, error) {
	changed, err := removeIn(string(d.text), key)
	differs := changed != string(d.text)
	d.text = []byte(changed)
	return differs, err
}

func (d *wholeFile) plain() ([]byte, error) { return d.text, nil }

func (d *wholeFile) replace(text []byte) error {
	if !d.free {
		if _, err := dotenv.Parse(text); err != nil {
			return err
		}
	}
	d.text = text
	return nil
}

var errUnknownReaders = fault.Invalid("the recipients of the file are unknown: an age: file does not name them",
	"write the public keys of all readers into the file with the same name and the suffix "+recipientsSuffix+", one a line")

func (d *wholeFile) recipients() []string { return d.readers }

func (d *wholeFile) admit(recipients []string, _ bool) error {
	d.readers = recipients
	_, err := parseRecipients(recipients)
	return err
}

func (d *wholeFile) encode(time.Time) ([]byte, error) {
	if len(d.readers) == 0 {
		return nil, errUnknownReaders
	}
	recipients, err := parseRecipients(d.readers)
	if err != nil {
		return nil, err
	}
	return encrypt(d.text, recipients, d.armor)
}
