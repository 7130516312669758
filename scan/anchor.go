package scan

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// A token is found by its anchor: four bytes of its prefix. In any three positions
// in a row, one begins a pair of bytes of the anchor. So find looks at every third
// position only.
const (
	anchorSize = 4
	pairStride = anchorSize - 1
)

// anchors finds the places where a rule's prefix may be.
type anchors struct {
	rules []rule
	pairs [1 << 16]uint8 // by two bytes; bit i says that an anchor has them at offset i
	some  [1 << 12]uint8 // by a hash of four bytes; 0 says that words does not have them
	words map[uint32][]anchored
	ahead int // how many bytes after the beginning of a token its anchor may end
}

// anchored is a prefix with its anchor.
type anchored struct {
	prefix string
	at     int // where the anchor begins in the prefix
	rule   int
}

func newAnchors(rules []rule) *anchors {
	a := &anchors{rules: rules, words: map[uint32][]anchored{}}
	for i, r := range rules {
		for _, prefix := range r.prefixes {
			at := rarest(prefix)
			a.ahead = max(a.ahead, at+anchorSize)
			anchor := []byte(prefix[at : at+anchorSize])
			word := binary.LittleEndian.Uint32(anchor)
			a.some[hashWord(word)] = 1
			a.words[word] = append(a.words[word], anchored{prefix: prefix, at: at, rule: i})
			for offset := range pairStride {
				a.pairs[binary.LittleEndian.Uint16(anchor[offset:])] |= 1 << offset
			}
		}
	}
	return a
}

// rarest returns where the anchor of prefix begins: at the four bytes that are
// rarest in ordinary text.
func rarest(prefix string) int {
	// The pairs that are common in English and in programs.
	const common = "ag al ar as at ce ch co ct de ea ec ed em en er es et ge ha he hi ic in io is it la le li ll ma me nd ne ng nt on or " +
		"ou pa ra re ri ro rt se si st te th ti to um ur us ve"
	best, least := 0, 1<<30
	for at := 0; at+anchorSize <= len(prefix); at++ {
		cost := 0
		for i := at; i < at+pairStride; i++ {
			switch pair := prefix[i : i+2]; {
			case pair[0] == pair[1], strings.Contains(common, pair):
				cost += 4
			case pair == strings.ToLower(pair):
				cost++
			}
		}
		if cost < least {
			best, least = at, cost
		}
	}
	return best
}

// find appends to hits the tokens that begin at a position from lo to hi.
func (a *anchors) find(text []byte, lo, hi int, hits []hit) []hit {
	pairs := &a.pairs
	end := min(hi+a.ahead, len(text)-1)
	x := lo
	for ; x+3*pairStride < end; x += 4 * pairStride {
		b := text[x : x+3*pairStride+2]
		m0 := pairs[binary.LittleEndian.Uint16(b)]
		m1 := pairs[binary.LittleEndian.Uint16(b[pairStride:])]
		m2 := pairs[binary.LittleEndian.Uint16(b[2*pairStride:])]
		m3 := pairs[binary.LittleEndian.Uint16(b[3*pairStride:])]
		if m0|m1|m2|m3 == 0 {
			continue
		}
		for i, m := range [4]uint8{m0, m1, m2, m3} {
			if m != 0 {
				hits = a.around(text, x+i*pairStride, m, lo, hi, hits)
			}
		}
	}
	for ; x < end; x += pairStride {
		if m := pairs[binary.LittleEndian.Uint16(text[x:])]; m != 0 {
			hits = a.around(text, x, m, lo, hi, hits)
		}
	}
	return hits
}

// around looks for anchors that have the pair at x. The bits of marks say at which
// offset of an anchor the pair may be.
func (a *anchors) around(text []byte, x int, marks uint8, lo, hi int, hits []hit) []hit {
	for ; marks != 0; marks &= marks - 1 {
		at := x - bits.TrailingZeros8(marks)
		if at < 0 || at+anchorSize > len(text) {
			continue
		}
		if word := binary.LittleEndian.Uint32(text[at:]); a.some[hashWord(word)] != 0 {
			hits = a.tokens(text, at, word, lo, hi, hits)
		}
	}
	return hits
}

// tokens appends the tokens that have word, which is at text[at:], as their anchor.
func (a *anchors) tokens(text []byte, at int, word uint32, lo, hi int, hits []hit) []hit {
	for _, c := range a.words[word] {
		start := at - c.at
		if start < lo || start >= hi || start+len(c.prefix) > len(text) || string(text[start:start+len(c.prefix)]) != c.prefix {
			continue
		}
		r := &a.rules[c.rule]
		if n := r.match(text, start, len(c.prefix)); n > 0 {
			hits = append(hits, hit{at: start, length: n, rule: r, id: anyRule})
		}
	}
	return hits
}

// hashWord returns a hash of 12 bits.
func hashWord(word uint32) uint32 { return word * 0x9E3779B1 >> 20 }
