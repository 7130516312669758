package mask

// state is a state of the automaton: the index of its row in rows, or, with sparse
// set, of its link. A transition has hit set if a form ends in its target.
type state uint32

const (
	hit    state = 1 << 31
	sparse state = 1 << 30
)

// table is an Aho-Corasick automaton (Commun. ACM 18(6), 1975) over the forms of all
// values. It never changes, so writers can share it.
//
// The states near the root and those with several successors have a row with the
// successor for each class of bytes. The others, nearly all of them, have one
// successor, and a link of 20 bytes in place of a row of some 400.
type table struct {
	class  [256]uint8
	stride uint32
	rows   []state // stride of them for each row
	heads  []head  // one for each row
	links  []link
	ends   []end // the ends of forms; the first means that no form ends
}

type head struct {
	end, depth uint32
	fail       state
	leaf       bool
}

type link struct {
	next, fail state
	end, depth uint32
	char       uint16 // leaf in a link that nothing follows
}

// leaf is a char that no byte equals.
const leaf uint16 = 256

// end is the longest form that ends in a state.
type end struct {
	length uint32
	owner  owner
}

// owner is a reference, as an index into the labels.
type owner int32

// several is the owner of bytes that more than one reference covers.
const several owner = -1

// step returns the state after c. It may have hit set; s may not.
func (t *table) step(s state, c byte) state {
	for s&sparse != 0 {
		l := &t.links[s&^sparse]
		if l.char == uint16(c) {
			return l.next
		}
		s = l.fail
	}
	return t.rows[uint32(s)+uint32(t.class[c])]
}

// end returns the longest form that ends in s.
func (t *table) end(s state) end {
	if s&sparse != 0 {
		return t.ends[t.links[s&^sparse].end]
	}
	return t.ends[t.head(s).end]
}

// open returns how many of the last bytes are the beginning of a longer form. They
// can't be shown yet, and all bytes before them can.
func (t *table) open(s state) int {
	for {
		if s&sparse != 0 {
			l := &t.links[s&^sparse]
			if l.char != leaf {
				return int(l.depth)
			}
			s = l.fail
			continue
		}
		h := t.head(s)
		if !h.leaf {
			return int(h.depth)
		}
		s = h.fail
	}
}

func (t *table) head(s state) *head { return &t.heads[uint32(s)/t.stride] }

// finds reports whether text holds a form.
func (t *table) finds(text string) bool {
	var s state
	for i := range len(text) {
		if s = t.step(s, text[i]); s&hit != 0 {
			return true
		}
	}
	return false
}
