package mask

import (
	"cmp"
	"slices"
)

// flow is a stream on its way through an index. Positions count the bytes of the
// stream from its beginning.
type flow struct {
	index  *index
	states []state // one for each table of index
	at     int64   // bytes that went in
	shown  int64   // bytes that came out, unchanged or as part of a mask
	tail   []byte  // the last bytes before at that may be the beginning of a form
	runs   []run   // runs of covered bytes behind shown, in order; no two overlap
	out    []byte  // the bytes that came out and were not sent yet
}

// run is a range of bytes that overlapping forms cover.
type run struct {
	start, end int64
	owner      owner
}

// use continues with another index. The bytes that are held back are scanned again.
// Bytes that were shown can't be hidden any more.
func (f *flow) use(x *index) {
	if f.index == x {
		return
	}
	f.index, f.states = x, make([]state, len(x.tables))
	f.at -= int64(len(f.tail))
	f.scan(f.tail)
	open := f.open()
	f.release(f.at-int64(open), f.at, nil)
	f.keep(nil, open)
}

// open returns how many of the last bytes may be the beginning of a form.
func (f *flow) open() int {
	n := 0
	for i, t := range f.index.tables {
		n = max(n, t.open(f.states[i]))
	}
	return n
}

// push takes p in and releases the bytes that can no longer be part of a secret. It
// reports whether these are exactly p. In that case it does not copy them.
func (f *flow) push(p []byte) (asItIs bool) {
	before, idle := f.at, f.idle() && len(f.out) == 0
	f.scan(p)
	open := f.open()
	if idle && open == 0 && len(f.runs) == 0 {
		f.shown, f.tail = f.at, f.tail[:0]
		return true
	}
	f.release(f.at-int64(open), before, p)
	f.keep(p, open)
	return false
}

// flush releases everything. It still remembers the bytes that were held back, so the
// rest of a secret that began there will be masked.
func (f *flow) flush() {
	f.release(f.at, f.at, nil)
}

// scan moves the states over p and notes the covered bytes.
func (f *flow) scan(p []byte) {
	for i, t := range f.index.tables {
		f.states[i] = f.through(t, f.states[i], p)
	}
	f.at += int64(len(p))
}

// through is table.step for each byte of p, with the variables of the loop in
// registers.
func (f *flow) through(t *table, s state, p []byte) state {
	rows, links, class := t.rows, t.links, &t.class
	for i, c := range p {
		for s&sparse != 0 {
			l := &links[s&^sparse]
			if l.char == uint16(c) {
				s = l.next
				goto moved
			}
			s = l.fail
		}
		s = rows[uint32(s)+uint32(class[c])]
	moved:
		if s&hit != 0 {
			s &^= hit
			e, end := t.end(s), f.at+int64(i)+1
			f.cover(run{start: end - int64(e.length), end: end, owner: e.owner})
		}
	}
	return s
}

// cover notes an occurrence of a form, and joins it with all runs that overlap it.
func (f *flow) cover(r run) {
	if r.start = max(r.start, f.shown); r.start >= r.end {
		return // flush has already shown all of it
	}
	lo, _ := slices.BinarySearchFunc(f.runs, r.start, func(old run, start int64) int {
		return cmp.Compare(old.end, start+1) // a run that ends at start does not overlap
	})
	hi := lo
	for hi < len(f.runs) && f.runs[hi].start < r.end {
		r = join(r, f.runs[hi])
		hi++
	}
	f.runs = slices.Replace(f.runs, lo, hi, r)
}

// join makes one run of two that overlap. Its mask has a name if one reference covers
// the whole run.
func join(a, b run) run {
	joined := run{start: min(a.start, b.start), end: max(a.end, b.end), owner: several}
	wholeA := joined.start == a.start && joined.end == a.end
	wholeB := joined.start == b.start && joined.end == b.end
	switch {
	case a.owner == b.owner, wholeA && !wholeB:
		joined.owner = a.owner
	case wholeB && !wholeA:
		joined.owner = b.owner
	}
	return joined
}

// release releases the bytes before limit, but no part of a run. The bytes come from
// the tail, which ends at before, and from p, which begins there.
func (f *flow) release(limit, before int64, p []byte) {
	done := 0
	for _, r := range f.runs {
		if r.end > limit {
			limit = min(limit, r.start)
			break
		}
		f.copy(f.shown, r.start, before, p)
		f.out = append(f.out, f.index.label(r.owner)...)
		f.shown = r.end
		done++
	}
	f.runs = slices.Delete(f.runs, 0, done)
	f.copy(f.shown, limit, before, p)
	f.shown = max(f.shown, limit)
}

// copy releases the bytes from start to end.
func (f *flow) copy(start, end, before int64, p []byte) {
	if start < before && start < end {
		held := f.tail[int64(len(f.tail))-(before-start):]
		f.out = append(f.out, held[:min(end, before)-start]...)
		start = min(end, before)
	}
	if start < end {
		f.out = append(f.out, p[start-before:end-before]...)
	}
}

// keep makes tail the last n bytes that went in. p went in last.
func (f *flow) keep(p []byte, n int) {
	if old := n - len(p); old > 0 {
		f.tail = append(slices.Delete(f.tail, 0, len(f.tail)-old), p...)
		return
	}
	f.tail = append(f.tail[:0], p[len(p)-n:]...)
}

// idle reports whether nothing is held back.
func (f *flow) idle() bool { return f.shown == f.at && len(f.runs) == 0 }
