package sops

import (
	"bytes"
	"strings"

	"github.com/secretmux/secretmux/providers/age/internal/fault"
)

// Dotenv is a file in the dialect of sops: each line is a comment or KEY=value, quotes
// are part of the value, and \n is a line break in it.
type Dotenv struct {
	Metadata *Metadata
	lines    []line
}

// line is one of the file, as it stands there. The metadata is in lines too.
type line struct {
	key   string // empty of a comment and of an empty line
	value string // what follows "=", or "#" of a comment
	kind  lineKind
}

type lineKind int

const (
	blank lineKind = iota
	comment
	assignment
	metadata
)

func (l line) text() string {
	switch l.kind {
	case comment:
		return "#" + l.value
	case assignment, metadata:
		return l.key + "=" + l.value
	}
	return ""
}

// ParseDotenv reads a file without decrypting anything. A file that other tools wrote is
// ErrInvalid, and one that was cut is ErrCorrupt.
func ParseDotenv(data []byte) (*Dotenv, error) {
	text := strings.ReplaceAll(string(data), "\r\n", "\n") // git may have put them there
	if err := otherFormat(text); err != nil {
		return nil, err
	}
	lines, err := parseLines(text)
	if err != nil {
		return nil, err
	}
	fields := make(map[string]string)
	for i, l := range lines {
		if strings.HasPrefix(l.key, prefix) {
			lines[i].kind = metadata
			fields[l.key[len(prefix):]] = unescape(l.value)
		}
	}
	switch whole := strings.HasSuffix(text, "\n"); {
	case len(fields) == 0 && !strings.Contains(text, "=ENC[AES256_GCM,"):
		return nil, fault.Invalid("it was not encrypted by sops: it has no metadata", "encrypt it: secretmux edit, or sops encrypt -i --age RECIPIENT FILE")
	case len(fields) == 0 || !whole:
		return nil, fault.Corrupt("it is cut: its last lines are missing")
	}
	meta, err := newMetadata(fields)
	if err != nil {
		return nil, err
	}
	return &Dotenv{Metadata: meta, lines: lines}, nil
}

// otherFormat refuses what sops also writes, by name.
func otherFormat(text string) error {
	const hint = "sops: takes .env and JSON files; convert it: sops decrypt FILE, then sops encrypt --output-type dotenv"
	for l := range strings.Lines(text) {
		switch l = strings.TrimRight(l, "\n"); l {
		case "sops:":
			return fault.Invalid("it is YAML, which is not supported", hint)
		case "[sops]":
			return fault.Invalid("it is INI, which is not supported", hint)
		}
	}
	return nil
}

// parseLines reads a text without its meaning.
func parseLines(text string) ([]line, error) {
	var lines []line
	first := make(map[string]int)
	for i, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		key, value, ok := strings.Cut(l, "=")
		switch {
		case l == "":
			lines = append(lines, line{})
		case l[0] == '#':
			lines = append(lines, line{kind: comment, value: l[1:]})
		case !ok || key == "":
			return nil, fault.At(i+1, fault.Corrupt("it is not KEY=value; the file is cut or was merged by hand"))
		case first[key] != 0:
			return nil, fault.At(i+1, fault.Invalid("it repeats the key of an earlier line", "keep one of the two: secretmux edit; a merge may have kept both"))
		default:
			first[key] = i + 1
			lines = append(lines, line{kind: assignment, key: key, value: value})
		}
	}
	return lines, nil
}

func unescape(value string) string { return strings.ReplaceAll(value, `\n`, "\n") }
func escape(value string) string   { return strings.ReplaceAll(value, "\n", `\n`) }

// Values decrypts all values, and checks the MAC over them.
func (d *Dotenv) Values(key []byte) (map[string]string, error) {
	values, sum := make(map[string]string, len(d.lines)), newMAC()
	for i, l := range d.lines {
		if l.kind != assignment {
			continue
		}
		value, err := d.value(key, l)
		if err != nil {
			return nil, at(i+1, err)
		}
		sum.add(value)
		values[l.key] = value
	}
	return values, sum.check(key, d.Metadata)
}

// value decrypts the value of one line, as the MAC has it.
func (d *Dotenv) value(key []byte, l line) (string, error) {
	if d.Metadata.plain(l.key) {
		return unescape(l.value), nil
	}
	plain, kind, err := open(key, l.value, l.key+":")
	if err != nil {
		return "", err
	}
	value, ok := canonical(plain, kind)
	if !ok {
		return "", unknownKind(kind)
	}
	return value, nil
}

// at adds the line to a problem that was found in it.
func at(n int, err error) error {
	if e, ok := err.(*fault.Error); ok { //nolint:errorlint // it is never wrapped
		return fault.At(n, e)
	}
	return err
}

// Bytes returns the file as it is to be written.
func (d *Dotenv) Bytes() []byte {
	var b bytes.Buffer
	for _, l := range d.lines {
		b.WriteString(l.text() + "\n")
	}
	return b.Bytes()
}
