package sops

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secretmux/secretmux/providers/age/internal/fault"
)

// version is the version of sops that has this format. It goes into new files.
const version = "3.13.3"

// commentPath is the path that comments are bound to, because they have no key.
const commentPath = ":"

// NewDotenv returns a file without values. It needs [Dotenv.SetEntries] and
// [Dotenv.Seal].
func NewDotenv() *Dotenv {
	meta := &Metadata{version: version, suffix: "_unencrypted"}
	return &Dotenv{Metadata: meta, lines: []line{
		{kind: metadata, key: "sops_lastmodified"},
		{kind: metadata, key: "sops_mac"},
		{kind: metadata, key: "sops_unencrypted_suffix", value: meta.suffix},
		{kind: metadata, key: "sops_version", value: version},
	}}
}

// Set sets the value of a key, in its line or in a new line at the end. It reports
// whether that changed anything.
func (d *Dotenv) Set(key []byte, name, value string) (bool, error) {
	if strings.Contains(value, `\n`) {
		return false, fault.Invalid(`the value has a \ before an n, and sops reads these two as a line break`, "keep this value in an age: file")
	}
	i := d.find(name)
	if i >= 0 {
		if old, err := d.value(key, d.lines[i]); err != nil || old == value {
			return false, err
		}
	}
	l, err := d.line(key, name, value)
	switch {
	case err != nil:
		return false, err
	case i >= 0:
		d.lines[i] = l
	default:
		d.lines = slices.Insert(d.lines, d.end(), l)
	}
	return true, nil
}

// Remove removes the line of a key, and reports whether there was one.
func (d *Dotenv) Remove(name string) bool {
	i := d.find(name)
	if i < 0 {
		return false
	}
	d.lines = slices.Delete(d.lines, i, i+1)
	return true
}

func (d *Dotenv) find(name string) int {
	return slices.IndexFunc(d.lines, func(l line) bool { return l.kind == assignment && l.key == name })
}

// end is the place for a new line: behind the last line that is not metadata.
func (d *Dotenv) end() int {
	for i := len(d.lines); i > 0; i-- {
		if d.lines[i-1].kind != metadata {
			return i
		}
	}
	return 0
}

// line encrypts a value.
func (d *Dotenv) line(key []byte, name, value string) (line, error) {
	l := line{kind: assignment, key: name, value: escape(value)}
	if d.Metadata.plain(name) {
		return l, nil
	}
	var err error
	l.value, err = seal(key, value, typeString, name+":")
	return l, err
}

// Plain returns the file as a person edits it. It is the text that sops decrypt prints,
// with the empty lines.
func (d *Dotenv) Plain(key []byte) ([]byte, error) {
	var b strings.Builder
	for i, l := range d.lines {
		if l.kind == metadata {
			continue
		}
		shown, err := d.shown(key, l)
		if err != nil {
			return nil, at(i+1, err)
		}
		b.WriteString(shown.text() + "\n")
	}
	return []byte(b.String()), nil
}

// shown is a line with its plain text.
func (d *Dotenv) shown(key []byte, l line) (line, error) {
	switch l.kind {
	case comment:
		if plain, _, err := open(key, l.value, commentPath); err == nil {
			l.value = escape(plain)
		} // otherwise it was never encrypted, and sops accepts that
	case assignment:
		value, err := d.value(key, l)
		if err != nil {
			return l, err
		}
		l.value = escape(value)
	}
	return l, nil
}

// Replace replaces the content of the file by text, which came from [Dotenv.Plain].
// Lines that were not changed keep their ciphertext.
func (d *Dotenv) Replace(key, text []byte) error {
	edited, err := parseLines(strings.ReplaceAll(string(text), "\r\n", "\n"))
	if err != nil {
		return mistyped(err)
	}
	kept := make(map[line]line) // the shown line -> the line in the file
	var meta []line
	for _, l := range d.lines {
		if l.kind == metadata {
			meta = append(meta, l)
			continue
		}
		shown, err := d.shown(key, l)
		if err != nil {
			return err
		}
		kept[shown] = l
	}
	lines := make([]line, 0, len(edited)+len(meta))
	for i, l := range edited {
		if strings.HasPrefix(l.key, prefix) {
			return fault.At(i+1, fault.Invalid("its key starts with sops_, which only the metadata may use", "choose another key"))
		}
		sealed, ok := kept[l]
		if !ok {
			if sealed, err = d.sealed(key, l); err != nil {
				return err
			}
		}
		lines = append(lines, sealed)
	}
	d.lines = append(lines, meta...)
	return nil
}

// mistyped is the error for a line that a person typed.
func mistyped(err error) error {
	if e, ok := err.(*fault.Error); ok { //nolint:errorlint // it is never wrapped
		return fault.Invalid(e.Problem, "write each line as KEY=value or as a comment with # in front, and each key only once")
	}
	return err
}

// sealed encrypts a line that a person typed.
func (d *Dotenv) sealed(key []byte, l line) (line, error) {
	switch l.kind {
	case comment:
		var err error
		l.value, err = seal(key, unescape(l.value), typeComment, commentPath)
		return l, err
	case assignment:
		return d.line(key, l.key, unescape(l.value))
	}
	return l, nil
}

// Rekey encrypts everything with another data key. Call [Dotenv.SetEntries] after it.
func (d *Dotenv) Rekey(before, after []byte) error {
	for i, l := range d.lines {
		if l.kind == metadata {
			continue
		}
		shown, err := d.shown(before, l)
		if err != nil {
			return at(i+1, err)
		}
		if l.kind == assignment { // its plain text may look like an escape
			value, err := d.value(before, l)
			if err != nil {
				return at(i+1, err)
			}
			d.lines[i], err = d.line(after, l.key, value)
			if err != nil {
				return err
			}
			continue
		}
		if d.lines[i], err = d.sealed(after, shown); err != nil {
			return err
		}
	}
	return nil
}

// SetEntries sets the readers of the file.
func (d *Dotenv) SetEntries(entries []Entry) {
	start := prefix + ageList
	at := slices.IndexFunc(d.lines, func(l line) bool { return l.kind == metadata })
	if first := slices.IndexFunc(d.lines, func(l line) bool { return strings.HasPrefix(l.key, start) }); first >= 0 {
		at = first
	}
	var lines []line
	for i, e := range entries {
		n := start + strconv.Itoa(i)
		lines = append(lines, line{kind: metadata, key: n + wrapped, value: escape(e.Wrapped)},
			line{kind: metadata, key: n + recipient, value: e.Recipient})
	}
	rest := slices.DeleteFunc(slices.Clone(d.lines[at:]), func(l line) bool { return strings.HasPrefix(l.key, start) })
	d.lines = slices.Concat(d.lines[:at], lines, rest)
	d.Metadata.Entries = slices.Clone(entries)
}

// Seal makes the MAC of a changed file, with this time.
func (d *Dotenv) Seal(key []byte, now time.Time) error {
	sum := newMAC()
	for _, l := range d.lines {
		if l.kind != assignment {
			continue
		}
		value, err := d.value(key, l)
		if err != nil {
			return err
		}
		sum.add(value)
	}
	modified := now.UTC().Format(time.RFC3339)
	text, err := sum.seal(key, modified)
	if err != nil {
		return err
	}
	d.Metadata.modified, d.Metadata.mac = modified, text
	for i, l := range d.lines {
		switch {
		case l.kind != metadata:
		case l.key == "sops_lastmodified":
			d.lines[i].value = modified
		case l.key == "sops_mac":
			d.lines[i].value = text
		}
	}
	return nil
}
