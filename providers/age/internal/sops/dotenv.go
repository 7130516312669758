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

// line is one line of the file, unchanged. The metadata is in lines too.
type line struct {
	key   string // empty for a comment and for an empty line
	value string // the text after "=", or after the "#" of a comment
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

// ParseDotenv reads a file and decrypts nothing. A file in another format is
// ErrInvalid, and a file that was cut is ErrCorrupt.
func ParseDotenv(data []byte) (*Dotenv, error) {
	text := strings.ReplaceAll(string(data), "\r\n", "\n") // git may have added the carriage returns
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
		return nil, fault.Invalid("the file has no metadata of sops, so sops did not encrypt it", "encrypt it with secretmux edit, or with sops encrypt -i --age RECIPIENT FILE")
	case len(fields) == 0 || !whole:
		return nil, fault.Corrupt("the file is cut: its last lines are missing")
	}
	meta, err := newMetadata(fields)
	if err != nil {
		return nil, err
	}
	return &Dotenv{Metadata: meta, lines: lines}, nil
}

// otherFormat refuses the other formats that sops writes, and names them.
func otherFormat(text string) error {
	const hint = "sops: reads .env and JSON files; convert the file with sops decrypt FILE, then sops encrypt --output-type dotenv"
	for l := range strings.Lines(text) {
		switch l = strings.TrimRight(l, "\n"); l {
		case "sops:":
			return fault.Invalid("the file is YAML, which this package does not support", hint)
		case "[sops]":
			return fault.Invalid("the file is INI, which this package does not support", hint)
		}
	}
	return nil
}

// parseLines divides a text into lines without interpreting them.
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
			return nil, fault.At(i+1, fault.Corrupt("the line is not KEY=value; the file is cut or was merged by hand"))
		case first[key] != 0:
			return nil, fault.At(i+1, fault.Invalid("the line repeats the key of an earlier line", "keep one of the two lines, with secretmux edit; a merge may have kept both"))
		default:
			first[key] = i + 1
			lines = append(lines, line{kind: assignment, key: key, value: value})
		}
	}
	return lines, nil
}

func unescape(value string) string { return strings.ReplaceAll(value, `\n`, "\n") }
func escape(value string) string   { return strings.ReplaceAll(value, "\n", `\n`) }

// Values decrypts all values and checks the MAC over them.
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

// value decrypts the value of one line, in the form that the MAC covers.
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

// at adds the number of the line to a problem.
func at(n int, err error) error {
	if e, ok := err.(*fault.Error); ok { //nolint:errorlint // this error is never wrapped
		return fault.At(n, e)
	}
	return err
}

// Bytes returns the file in the form in which it is written.
func (d *Dotenv) Bytes() []byte {
	var b bytes.Buffer
	for _, l := range d.lines {
		b.WriteString(l.text() + "\n")
	}
	return b.Bytes()
}
