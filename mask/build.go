package mask

import (
	"bytes"
	"slices"
)

// form is one form of the value of one reference.
type form struct {
	text  []byte
	owner owner
}

// denseDepth is the depth up to which every state has a row. Ordinary text seldom
// goes deeper, and there a row would seldom be worth its memory.
const denseDepth = 1

// node is a state that is not finished: the forms lo to hi share its text.
type node struct {
	lo, hi, depth int
	id, fail      state
}

type builder struct {
	*table
	forms  []form // sorted, each text once
	level  []node // of one depth
	deeper []node // their successors
}

// build makes the automaton. It sorts forms.
func build(forms []form) *table {
	slices.SortFunc(forms, func(a, b form) int { return bytes.Compare(a.text, b.text) })
	b := &builder{table: &table{ends: make([]end, 1)}, forms: merge(forms)}
	b.classify()
	b.deeper = append(b.deeper, node{hi: len(b.forms), id: b.row(0, false)})
	for len(b.deeper) > 0 {
		b.level, b.deeper = b.deeper, b.level[:0]
		for _, n := range b.level {
			b.finish(n)
		}
	}
	return b.table
}

// merge keeps each text once. A text of two references belongs to several.
func merge(sorted []form) []form {
	var unique []form
	for _, f := range sorted {
		if n := len(unique); n > 0 && bytes.Equal(unique[n-1].text, f.text) {
			if unique[n-1].owner != f.owner {
				unique[n-1].owner = several
			}
			continue
		}
		unique = append(unique, f)
	}
	return unique
}

// classify numbers the bytes of the forms. All other bytes, if there are any, are one
// class.
func (b *builder) classify() {
	var used [256]bool
	length := 0
	for _, f := range b.forms {
		length += len(f.text)
		for _, c := range f.text {
			used[c] = true
		}
	}
	if slices.Contains(used[:], false) {
		b.stride = 1
	}
	for c, in := range used {
		if in {
			b.class[c] = uint8(b.stride) //nolint:gosec // at most 255: at most 256 classes, counted from 0
			b.stride++
		}
	}
	b.links = make([]link, 0, length)
}

// row adds a state with a row whose successors are all the root.
func (b *builder) row(depth int, isLeaf bool) state {
	id := state(small(len(b.rows)))
	b.heads = append(b.heads, head{depth: small(depth), leaf: isLeaf})
	b.rows = append(b.rows, make([]state, b.stride)...)
	return id
}

// small converts a count. A state has room for 2^30, which would take 20 GB.
func small(n int) uint32 { return uint32(n) } //nolint:gosec // as said

// finish adds the successors of n. At that time all states of a smaller depth are
// finished, and with them all states that n and its successors fail to.
func (b *builder) finish(n node) {
	if n.id&sparse == 0 && n.depth > 0 {
		b.inherit(b.rows[n.id:][:b.stride], n.fail)
	}
	lo := n.lo
	if n.depth > 0 && lo < n.hi && len(b.forms[lo].text) == n.depth {
		lo++ // the form that ends here
	}
	for lo < n.hi {
		c := b.forms[lo].text[n.depth]
		hi := lo + 1
		for hi < n.hi && b.forms[hi].text[n.depth] == c {
			hi++
		}
		next := b.successor(node{lo: lo, hi: hi, depth: n.depth + 1}, n, c)
		if n.id&sparse != 0 {
			b.links[n.id&^sparse].next, b.links[n.id&^sparse].char = next, uint16(c)
		} else {
			b.rows[uint32(n.id)+uint32(b.class[c])] = next
		}
		lo = hi
	}
}

// inherit makes row a copy of the row of s.
func (b *builder) inherit(row []state, s state) {
	if s&sparse == 0 {
		copy(row, b.rows[s:][:b.stride])
		return
	}
	l := b.links[s&^sparse]
	b.inherit(row, l.fail)
	if l.char != leaf {
		row[b.class[uint8(l.char)]] = l.next //nolint:gosec // leaf is above 255 and was handled before
	}
}

// successor adds the state that follows parent after c and returns the transition
// to it.
func (b *builder) successor(n, parent node, c byte) state {
	if parent.depth > 0 {
		n.fail = b.step(parent.fail, c) &^ hit
	}
	ends := uint32(0)
	if first := b.forms[n.lo]; len(first.text) == n.depth {
		ends = small(len(b.ends))
		b.ends = append(b.ends, end{length: small(n.depth), owner: first.owner})
	} else if n.fail&sparse != 0 {
		ends = b.links[n.fail&^sparse].end
	} else {
		ends = b.head(n.fail).end
	}
	if dense, isLeaf := b.shape(n); dense {
		n.id = b.row(n.depth, isLeaf)
		b.head(n.id).end, b.head(n.id).fail = ends, n.fail
	} else {
		n.id = sparse | state(small(len(b.links)))
		b.links = append(b.links, link{fail: n.fail, end: ends, depth: small(n.depth), char: leaf})
	}
	b.deeper = append(b.deeper, n)
	if ends != 0 {
		return n.id | hit
	}
	return n.id
}

// shape reports whether n gets a row, and whether nothing follows it. The forms are
// sorted, so the first and the last show whether it has one successor.
func (b *builder) shape(n node) (dense, isLeaf bool) {
	lo := n.lo
	if len(b.forms[lo].text) == n.depth {
		lo++
	}
	isLeaf = lo == n.hi
	branches := !isLeaf && b.forms[lo].text[n.depth] != b.forms[n.hi-1].text[n.depth]
	return n.depth <= denseDepth || branches, isLeaf
}
