package scan

import (
	"crypto/rand"
	"encoding/binary"
	"math/bits"
)

// A form has at least MinLength bytes. So in every stride positions in a row, one
// begins a block of the form, and the sieve looks at every stride-th position only.
const (
	blockSize = 4
	stride    = MinLength - blockSize + 1
)

// sieve finds the few positions of a text at which a needle may begin. For each
// hash of a block it knows at which offsets of needles the block occurs. All hashes
// are seeded, so that nobody can make a text that slows the sieve down.
type sieve struct {
	seed  [2]uint64
	shift uint
	marks []uint8 // by the hash of a block; bit i says that a needle has the block at offset i
	// index finds the first needle with a head. It is a hash table with open
	// addressing: 0 is a free slot, and another number is the needle's place plus
	// one.
	index []uint32
	mask  uint32 // from a head to its slot
}

// newSieve makes a sieve for about so many forms.
func newSieve(forms int) *sieve {
	size := uint(15) // 32 KiB
	for size < 18 && forms*stride*16 > 1<<size {
		size++
	}
	s := &sieve{shift: 32 - size, marks: make([]uint8, 1<<size)}
	var random [16]byte
	_, _ = rand.Read(random[:]) // it never fails: crypto/rand ends the program instead
	s.seed[0], s.seed[1] = binary.LittleEndian.Uint64(random[:]), binary.LittleEndian.Uint64(random[8:])|1
	return s
}

// mark notes the blocks of a form.
func (s *sieve) mark(text []byte) {
	for i := range stride {
		s.marks[s.block(binary.LittleEndian.Uint32(text[i:]))] |= 1 << i
	}
}

func (s *sieve) block(b uint32) uint32 { return b * uint32(s.seed[1]) >> s.shift } //nolint:gosec // the lower half

// head hashes the first MinLength bytes of text.
func (s *sieve) head(text []byte) uint32 {
	hi, lo := bits.Mul64(binary.LittleEndian.Uint64(text)^s.seed[0], s.seed[1])
	return uint32(hi ^ lo) //nolint:gosec // the lower half
}

// build makes the index of sorted needles.
func (s *sieve) build(needles []needle) {
	s.index = make([]uint32, 1<<bits.Len(uint(len(needles))*2))
	s.mask = uint32(len(s.index) - 1) //nolint:gosec // needles are counted in 32 bits
	for i, n := range needles {
		if i > 0 && needles[i-1].head == n.head {
			continue
		}
		slot := n.head & s.mask
		for s.index[slot] != 0 {
			slot = (slot + 1) & s.mask
		}
		s.index[slot] = uint32(i) + 1
	}
}

// lookup returns the place of the first needle with this head, or -1.
func (s *sieve) lookup(needles []needle, head uint32) int {
	for slot := head & s.mask; s.index[slot] != 0; slot = (slot + 1) & s.mask {
		if i := int(s.index[slot]) - 1; needles[i].head == head {
			return i
		}
	}
	return -1
}

// positions appends to found the positions from lo to hi at which a needle may
// begin. It never leaves out a position at which one begins.
//
// The steps don't depend on each other, so the processor takes several at a time. A
// table that says how far to skip would not allow that.
func (s *sieve) positions(text []byte, lo, hi int, found []int) []int {
	marks, shift, seed := s.marks, s.shift, uint32(s.seed[1]) //nolint:gosec // the lower half
	hi = min(hi, len(text)-MinLength+1)
	end := min(hi+stride-1, len(text)-blockSize+1)
	x := lo
	for ; x+3*stride < end; x += 4 * stride {
		b := text[x : x+3*stride+blockSize]
		m0 := marks[binary.LittleEndian.Uint32(b)*seed>>shift]
		m1 := marks[binary.LittleEndian.Uint32(b[stride:])*seed>>shift]
		m2 := marks[binary.LittleEndian.Uint32(b[2*stride:])*seed>>shift]
		m3 := marks[binary.LittleEndian.Uint32(b[3*stride:])*seed>>shift]
		if m0|m1|m2|m3 == 0 {
			continue
		}
		for i, m := range [4]uint8{m0, m1, m2, m3} {
			if m != 0 {
				found = s.around(text, x+i*stride, m, lo, hi, found)
			}
		}
	}
	for ; x < end; x += stride {
		if m := marks[binary.LittleEndian.Uint32(text[x:])*seed>>shift]; m != 0 {
			found = s.around(text, x, m, lo, hi, found)
		}
	}
	return found
}

// around appends the positions at which a needle with the block at x may begin. The
// bits of marks are the offsets of the block in needles. A position counts only if
// a needle has its first bytes.
func (s *sieve) around(text []byte, x int, marks uint8, lo, hi int, found []int) []int {
	for ; marks != 0; marks &= marks - 1 {
		at := x - bits.TrailingZeros8(marks)
		if at >= lo && at < hi && s.index[s.head(text[at:])&s.mask] != 0 {
			found = append(found, at)
		}
	}
	return found
}
