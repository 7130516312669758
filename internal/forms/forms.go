// Package forms computes how a value can be written down: as it is, in base64 at
// each of three offsets, in hexadecimal, escaped for a URL, JSON, Go, a shell or
// XML. Packages mask and scan look for the same forms.
package forms

import (
	"bytes"
	"hash/maphash"
	"slices"
)

// Form is one way to write a value.
type Form struct {
	// Encoding names the way: "raw", "line", "base64" (with "+1" or "+2" where one
	// or two bytes come before the value), "base64url", "hex", "url", "json", "go",
	// "shell", "xml" or "utf-16". It is part of what package scan prints.
	Encoding string
	Text     []byte
}

// lineFloor is how long a line of a value must be to count on its own. A shorter
// one, such as a brace or "EOF", is in every file of the world.
const lineFloor = 8

// encodedFloor is the shortest encoded form that counts. The encoding of one or
// two bytes is a syllable.
const encodedFloor = 6

// Of returns the forms of value, each text once and none shorter than floor
// bytes. The one as it is comes first. The texts are the caller's to wipe.
func Of(value []byte, floor int) []Form {
	c := newCollector()
	for _, v := range spellings(value) {
		c.plain(v, floor)
		c.floor = max(floor, encodedFloor)
		c.encode(v)
	}
	c.lines(value, floor)
	return c.forms
}

// Plain returns those of the forms that are not encoded: the value, and its lines.
// All forms of a value have some 20 times its length together.
func Plain(value []byte, floor int) []Form {
	c := newCollector()
	for _, v := range spellings(value) {
		c.plain(v, floor)
	}
	c.lines(value, floor)
	return c.forms
}

// spellings are the values that a program may mean by value: without the white
// space around it, without the quotes around it, with the other kind of line end.
func spellings(value []byte) [][]byte {
	trimmed := bytes.TrimSpace(value)
	all := [][]byte{value, trimmed, unquote(trimmed)}
	if bytes.IndexByte(value, '\n') >= 0 {
		unix := bytes.ReplaceAll(value, []byte("\r\n"), []byte("\n"))
		all = append(all, unix, bytes.ReplaceAll(unix, []byte("\n"), []byte("\r\n")))
	}
	var unique [][]byte
	for _, v := range all {
		if !slices.ContainsFunc(unique, func(u []byte) bool { return bytes.Equal(u, v) }) {
			unique = append(unique, v)
		}
	}
	return unique
}

func unquote(text []byte) []byte {
	if n := len(text); n >= 2 && text[0] == text[n-1] && (text[0] == '"' || text[0] == '\'' || text[0] == '`') {
		return text[1 : n-1]
	}
	return text
}

// collector gathers forms and leaves out what is short or known. It knows texts
// by a hash, as a map of texts would be one more copy that is never wiped.
type collector struct {
	floor int
	forms []Form
	seed  maphash.Seed
	seen  map[uint64]struct{}
}

func newCollector() *collector {
	return &collector{seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
}

func (c *collector) plain(v []byte, floor int) {
	c.floor = max(floor, 1)
	c.add("raw", bytes.Clone(v))
}

// lines adds those of a value that has several, without the frame of a PEM block,
// which is the same around every key of the world. A JSON document has none: its
// texts count instead, see [Leaves].
func (c *collector) lines(value []byte, floor int) {
	if bytes.IndexByte(value, '\n') < 0 || isContainer(value) {
		return
	}
	c.floor = max(floor, lineFloor)
	for line := range bytes.Lines(value) {
		line = bytes.TrimSpace(line)
		if !bytes.HasPrefix(line, []byte("-----")) {
			c.add("line", bytes.Clone(line))
		}
	}
}

// add takes text over.
func (c *collector) add(encoding string, text []byte) {
	if len(text) < c.floor {
		return
	}
	hash := maphash.Bytes(c.seed, text)
	if _, known := c.seen[hash]; known {
		clear(text)
		return
	}
	c.seen[hash] = struct{}{}
	c.forms = append(c.forms, Form{Encoding: encoding, Text: text})
}

func (c *collector) encode(v []byte) {
	c.base64(v)
	c.add("hex", hexadecimal(v, lowerHex))
	c.add("hex", hexadecimal(v, upperHex))
	for _, dialect := range urlDialects() {
		c.add("url", percent(v, dialect))
	}
	for _, inner := range jsonDialects() {
		once := escapeJSON(v, inner)
		for _, outer := range jsonDialects() {
			c.add("json", escapeJSON(once, outer)) // JSON in a text of JSON
		}
		c.add("json", once)
	}
	c.add("go", quoteGo(v))
	c.add("shell", bytes.ReplaceAll(v, []byte(`'`), []byte(`'\''`)))
	c.add("shell", bytes.ReplaceAll(v, []byte(`'`), []byte(`'"'"'`)))
	for _, dialect := range xmlDialects() {
		c.add("xml", escapeXML(v, dialect))
	}
	c.add("utf-16", utf16LE(v))
}
