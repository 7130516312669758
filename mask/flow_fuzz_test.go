package mask

import (
	"bytes"
	"fmt"
	"testing"
)

// FuzzFlow compares the stream with the oracle. Forms are the words of spec, with a
// digit for their reference in front; cuts are the lengths of the pieces.
func FuzzFlow(f *testing.F) {
	f.Add([]byte("0abc 0abcdef"), []byte("xabcdexabcdefabc"), []byte{1, 2, 3})
	f.Add([]byte("0abc 1bcd 2cde"), []byte("abcde abcd cde"), []byte{1})
	f.Add([]byte("0a 1aa 0aaa"), []byte("aaaaaaab"), []byte{2})
	f.Add([]byte("0hunter2 0aHVudGVyMg 168756e74657232"), []byte("basic aHVudGVyMg== hunter2"), []byte{7, 1})
	f.Add([]byte("0line one 0line\ntwo"), []byte("line\nline\ntwo\nline"), []byte{5})
	f.Add([]byte("0\x00\xff 1\xff\xff"), []byte("\x00\xff\xff\xff\x00"), []byte{1})
	f.Add([]byte("0same 1same"), []byte("samesame"), []byte{3})
	f.Fuzz(func(t *testing.T, spec, text, cuts []byte) {
		if len(spec) > 200 || len(text) > 500 {
			return
		}
		var all []form
		for _, word := range bytes.Fields(spec) {
			if len(word) > 1 && '0' <= word[0] && word[0] <= '9' {
				all = append(all, form{text: word[1:], owner: owner(word[0] - '0')})
			}
		}
		var labels []string
		for o := range 10 {
			labels = append(labels, fmt.Sprintf("[redacted:%d]", o))
		}
		want := oracle(string(text), all, labels)
		n := 0
		got := cutUp(t, all, labels, string(text), func(left int) int {
			if len(cuts) == 0 {
				return left
			}
			n++
			return int(cuts[n%len(cuts)])
		})
		if !wants(want, got) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
