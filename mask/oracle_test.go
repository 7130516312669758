package mask

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// piece is a part of the expected output: unchanged text, or one of several masks.
type piece struct {
	text  string
	masks []string
}

// oracle masks text in the plainest way: it marks each occurrence of each form
// and joins those that overlap.
func oracle(text string, all []form, labels []string) []piece {
	var occurrences []run
	for _, f := range all {
		for i := 0; i+len(f.text) <= len(text); i++ {
			if text[i:i+len(f.text)] == string(f.text) {
				occurrences = append(occurrences, run{int64(i), int64(i + len(f.text)), f.owner})
			}
		}
	}
	slices.SortFunc(occurrences, func(a, b run) int { return int(a.start - b.start) })
	var pieces []piece
	shown := int64(0)
	for i := 0; i < len(occurrences); {
		r := run{start: occurrences[i].start, end: occurrences[i].end}
		j := i
		for ; j < len(occurrences) && occurrences[j].start < r.end; j++ {
			r.end = max(r.end, occurrences[j].end)
		}
		pieces = append(pieces, piece{text: text[shown:r.start]}, piece{masks: masksOf(r, occurrences[i:j], labels)})
		shown, i = r.end, j
	}
	return append(pieces, piece{text: text[shown:]})
}

// masksOf are the labels of the references that cover r without a gap, and the
// mask without a name, unless only one reference occurs in r.
func masksOf(r run, occurrences []run, labels []string) []string {
	var masks []string
	if slices.ContainsFunc(occurrences, func(o run) bool { return o.owner != occurrences[0].owner }) {
		masks = append(masks, anonymous)
	}
	for o, label := range labels {
		at := r.start
		for _, c := range occurrences {
			if c.owner == owner(o) && c.start <= at {
				at = max(at, c.end)
			}
		}
		if at == r.end {
			masks = append(masks, label)
		}
	}
	return masks
}

// wants reports whether got is the output that the oracle expects.
func wants(pieces []piece, got string) bool {
	for _, p := range pieces {
		var ok bool
		if p.masks == nil {
			got, ok = strings.CutPrefix(got, p.text)
		}
		for _, mask := range p.masks {
			if !ok {
				got, ok = strings.CutPrefix(got, mask)
			}
		}
		if !ok {
			return false
		}
	}
	return got == ""
}

// indexOf spreads the forms over two tables, if there are several.
func indexOf(all []form, labels []string) *index {
	half := len(all) / 2
	return &index{tables: []*table{build(slices.Clone(all[:half])), build(slices.Clone(all[half:]))}, labels: labels}
}

// cutUp sends text through a flow in pieces.
func cutUp(tb testing.TB, all []form, labels []string, text string, cut func(left int) int) string {
	tb.Helper()
	var f flow
	f.use(indexOf(all, labels))
	var out bytes.Buffer
	for rest := text; rest != ""; {
		n := min(max(cut(len(rest)), 1), len(rest))
		if f.push([]byte(rest[:n])) {
			out.WriteString(rest[:n])
		}
		out.Write(f.out)
		f.out = f.out[:0]
		rest = rest[n:]
	}
	f.flush()
	out.Write(f.out)
	return out.String()
}

// randomForms are short and of few letters, so that they nest and overlap.
func randomForms(r *rand.Rand) (all []form, labels []string) {
	letters := 1 + r.IntN(3)
	owners := 1 + r.IntN(4)
	for o := range owners {
		labels = append(labels, fmt.Sprintf("[redacted:%d]", o))
	}
	for range 1 + r.IntN(6) {
		text := make([]byte, 1+r.IntN(7))
		for i := range text {
			text[i] = byte('a' + r.IntN(letters))
		}
		all = append(all, form{text: text, owner: owner(r.IntN(owners))})
	}
	return all, labels
}

func TestFlowEqualsTheOracle(t *testing.T) {
	n := 200_000
	if testing.Short() {
		n = 10_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		all, labels := randomForms(r)
		text := make([]byte, r.IntN(30))
		for i := range text {
			text[i] = byte('a' + r.IntN(4))
		}
		want := oracle(string(text), all, labels)
		if got := cutUp(t, all, labels, string(text), func(int) int { return 1 + r.IntN(9) }); !wants(want, got) {
			t.Fatalf("case %d: %q with %s: got %q, want %q", i, text, printForms(all), got, want)
		}
	}
}

func printForms(all []form) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%q of %d, ", f.text, f.owner)
	}
	return b.String()
}

func TestJoin(t *testing.T) {
	tests := []struct {
		name string
		a, b run
		want run
	}{
		{"one owner", run{0, 3, 1}, run{2, 5, 1}, run{0, 5, 1}},
		{"two owners", run{0, 3, 1}, run{2, 5, 2}, run{0, 5, several}},
		{"the first covers both", run{0, 5, 1}, run{2, 4, 2}, run{0, 5, 1}},
		{"the second covers both", run{2, 4, 1}, run{0, 5, 2}, run{0, 5, 2}},
		{"each covers the other", run{0, 5, 1}, run{0, 5, 2}, run{0, 5, several}},
		{"one without an owner", run{0, 5, several}, run{0, 2, 1}, run{0, 5, several}},
	}
	for _, tt := range tests {
		if got := join(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
