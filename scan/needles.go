package scan

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"maps"
	"slices"
	"strings"

	"github.com/secretmux/secretmux/internal/forms"
)

// longest is how many bytes of a form are compared. A text that begins with so many
// bytes of a form is taken for the secret, whole or cut off. So a scan does not
// have to look further ahead.
const longest = 256

// digest is a keyed digest of a text.
type digest [16]byte

// sum returns the digest of text under mac's key.
func sum(mac hash.Hash, text []byte) (d digest) {
	mac.Reset()
	mac.Write(text)
	var buf [sha256.Size]byte
	copy(d[:], mac.Sum(buf[:0]))
	return d
}

// needle is one form of one value: its digest, and what a finding says about it.
type needle struct {
	digest   digest
	head     uint32 // a hash of its first bytes
	name     uint32 // index of the reference
	length   uint16
	encoding uint8 // index of the encoding
	weak     bool
}

// Excluded is a value that a [Scanner] does not search for.
type Excluded struct {
	// Secret is the reference of the value.
	Secret string
	// Why is a phrase for a person, such as "it looks like a setting".
	Why string
}

// collector turns values into needles.
type collector struct {
	opts      Options
	sieve     *sieve
	mac       hash.Hash
	names     []string
	encodings []string
	needles   []needle
	excluded  []Excluded
	unmatched map[string]bool
}

// addAll adds every secret. If a secret is a JSON document, addAll also adds each
// text and number in it.
func (c *collector) addAll() {
	for _, ref := range slices.Sorted(maps.Keys(c.opts.Secrets)) {
		delete(c.unmatched, ref)
		if slices.Contains(c.opts.Except, ref) {
			continue
		}
		value := c.opts.Secrets[ref].Bytes()
		c.add(ref, ref, value)
		if strings.Contains(ref, "#") {
			clear(value)
			continue // it is one field of a document already
		}
		forms.Leaves(value, func(field string, leaf []byte) { c.add(ref, ref+"#"+field, leaf) })
		clear(value)
	}
	slices.SortFunc(c.needles, func(a, b needle) int {
		// The longer needle comes first, because the whole value must be found
		// before a part.
		return cmp.Or(cmp.Compare(a.head, b.head), cmp.Compare(b.length, a.length), cmp.Compare(a.name, b.name),
			bytes.Compare(a.digest[:], b.digest[:]), cmp.Compare(a.encoding, b.encoding))
	})
	c.needles = slices.CompactFunc(c.needles, func(a, b needle) bool { return a.name == b.name && a.digest == b.digest })
}

// add adds the forms of one value, unless it looks like a setting.
func (c *collector) add(document, ref string, value []byte) {
	delete(c.unmatched, ref)
	if slices.Contains(c.opts.Except, ref) || len(value) == 0 {
		return
	}
	reason := why(string(value))
	included := slices.Contains(c.opts.Include, ref) || slices.Contains(c.opts.Include, document)
	if reason != "" && (!included || len(value) < MinLength) {
		c.excluded = append(c.excluded, Excluded{Secret: ref, Why: reason})
		return
	}
	weak := !strong(string(value))
	name := uint32(len(c.names)) //nolint:gosec // 2^32 references don't fit into memory
	c.names = append(c.names, ref)
	for _, f := range forms.Of(value, MinLength) {
		if f.Encoding == "line" && why(string(f.Text)) != "" {
			continue
		}
		text := f.Text[:min(len(f.Text), longest)]
		c.needles = append(c.needles, needle{
			digest: sum(c.mac, text), head: c.sieve.head(text), name: name, weak: weak,
			length: uint16(len(text)), encoding: c.encoding(f.Encoding), //nolint:gosec // at most longest
		})
		c.sieve.mark(text)
		clear(f.Text)
	}
}

// encoding returns the index of name.
func (c *collector) encoding(name string) uint8 {
	i := slices.Index(c.encodings, name)
	if i < 0 {
		i = len(c.encodings)
		c.encodings = append(c.encodings, name)
	}
	return uint8(i) //nolint:gosec // there are about twenty
}

// newMAC returns HMAC-SHA256 with key.
func newMAC(key []byte) hash.Hash { return hmac.New(sha256.New, key) }

// NotSearched returns those of Options.Secrets that the scanner does not search
// for, and why. Show the list to the user. Options.Include overrules every reason
// except the length. Options.Except and empty values are not in the list.
func (s *Scanner) NotSearched() []Excluded { return slices.Clone(s.excluded) }
