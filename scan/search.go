package scan

import (
	"cmp"
	"encoding/hex"
	"hash"
	"math"
	"slices"
	"strings"
)

// search is one scan: its buffers, its report and its position in a file.
type search struct {
	s      *Scanner
	mac    hash.Hash // for comparing with needles
	shown  hash.Hash // for findings
	report *Report
	found  func(Finding)
	// subject is the name of a file that has no path.
	subject string
	buf     []byte
	at      []int
	hits    []hit

	// The position in a file.
	base      int64 // bytes before buf
	line      int   // line ends before the position
	lineStart int64
	ends      map[uint32]int64 // where the last occurrence of each value and rule ended
	ownEnd    int64
}

// hit is an occurrence of a needle, or of a token that a rule describes.
type hit struct {
	at, length int
	needle     *needle
	rule       *rule
	id         uint32 // of the value, or anyRule
}

// anyRule is the id of every rule: a token that two rules describe is one finding.
const anyRule = math.MaxUint32

func newSearch(s *Scanner) *search {
	q := &search{
		s: s, mac: newMAC(s.key), shown: newMAC(s.shown), report: &Report{},
		buf: make([]byte, bufferSize), ends: map[uint32]int64{},
	}
	q.found = q.add
	return q
}

// find returns the hits that begin at a position from lo to hi, in order. If two
// hits of one secret begin at the same place, the longer one comes first.
func (q *search) find(text []byte, lo, hi int) []hit {
	q.hits = q.hits[:0]
	if len(q.s.needles) > 0 {
		q.at = q.s.sieve.positions(text, lo, hi, q.at[:0])
		for _, at := range q.at {
			q.needlesAt(text, at)
		}
	}
	if q.s.anchors != nil {
		q.hits = q.s.anchors.find(text, lo, hi, q.hits)
	}
	if len(q.hits) > 1 {
		slices.SortFunc(q.hits, func(a, b hit) int {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id), cmp.Compare(b.length, a.length))
		})
	}
	return q.hits
}

// needlesAt adds the needles that begin at text[at:].
func (q *search) needlesAt(text []byte, at int) {
	rest := text[at:]
	head := q.s.sieve.head(rest)
	first := q.s.sieve.lookup(q.s.needles, head)
	if first < 0 {
		return
	}
	for i := first; i < len(q.s.needles) && q.s.needles[i].head == head; i++ {
		n := &q.s.needles[i]
		if length := int(n.length); length <= len(rest) && sum(q.mac, rest[:length]) == n.digest {
			q.hits = append(q.hits, hit{at: at, length: length, needle: n, id: n.name})
		}
	}
}

// fresh reports whether h must be reported. A part of an occurrence that was
// reported must not be: a line of a value, or a token that is an own value. The
// offset of h in the file is at.
func (q *search) fresh(h hit, at int64) bool {
	id := h.id
	if h.rule != nil && at < q.ownEnd {
		return false
	}
	if at < q.ends[id] {
		return false
	}
	end := at + int64(h.length)
	q.ends[id] = end
	if h.needle != nil {
		q.ownEnd = max(q.ownEnd, end)
	}
	return true
}

// finding describes a hit in text.
func (q *search) finding(h hit, text []byte) Finding {
	d := sum(q.shown, text[h.at:h.at+h.length])
	f := Finding{Digest: hex.EncodeToString(d[:]), baseline: q.s.opts.Baseline}
	if h.rule != nil {
		f.Rule = h.rule.id
		return f
	}
	f.Rule, f.Secret, f.Encoding = OwnValue, q.s.names[h.needle.name], q.s.encodings[h.needle.encoding]
	f.weak = h.needle.weak
	return f
}

// add puts f into the report. A known finding is only counted.
func (q *search) add(f Finding) {
	limit := q.s.opts.maxFindings()
	switch {
	case q.s.opts.Baseline.Has(f):
		q.report.Known++
	case limit >= 0 && len(q.report.Findings) >= limit:
		q.report.More++
	default:
		q.report.Findings = append(q.report.Findings, f)
	}
}

// skip notes a file that was not read to its end. The reason must be a text of this
// package, never of the file.
func (q *search) skip(path, reason string) {
	shown, _ := q.path(path)
	q.report.Skipped = append(q.report.Skipped, Skip{Path: cmp.Or(shown, q.subject), Why: reason})
}

// path searches the name of a file. It returns the name with each secret masked,
// and the findings.
func (q *search) path(path string) (shown string, findings []Finding) {
	text := []byte(path)
	var b strings.Builder
	end := 0
	for _, h := range q.find(text, 0, len(text)) {
		if h.at < end {
			continue
		}
		findings = append(findings, q.finding(h, text))
		b.WriteString(path[end:h.at] + "[redacted]")
		end = h.at + h.length
	}
	b.WriteString(path[end:])
	for i := range findings {
		findings[i].Path = b.String()
	}
	return b.String(), findings
}
