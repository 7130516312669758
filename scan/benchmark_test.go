package scan

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"unsafe"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/forms"
	"github.com/secretmux/secretmux/internal/measure"
)

// randomSecrets returns n random values of 12 to 51 characters.
func randomSecrets(n int) map[string]secretmux.Secret {
	secrets := map[string]secretmux.Secret{}
	for i, value := range measure.Values(n) {
		secrets[fmt.Sprintf("app/secret-%d", i)] = secretmux.NewSecret([]byte(value), secretmux.Meta{})
	}
	return secrets
}

// goSource returns 50 MB of the toolchain's own source.
func goSource(tb testing.TB) []byte {
	tb.Helper()
	text, err := measure.GoSource(tb.Context(), 50<<20)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// tableSize returns the size of the tables of a Scanner.
func (s *Scanner) tableSize() int {
	size := len(s.sieve.marks) + 4*len(s.sieve.index) + len(s.needles)*int(unsafe.Sizeof(needle{}))
	if s.anchors != nil {
		size += len(s.anchors.pairs)
	}
	return size
}

func BenchmarkScanner(b *testing.B) {
	text := goSource(b)
	for _, n := range []int{0, 10, 100, 1000} {
		for _, patterns := range []bool{false, true} {
			if n == 0 && !patterns {
				continue
			}
			b.Run(fmt.Sprintf("secrets=%d/patterns=%t", n, patterns), func(b *testing.B) {
				s, err := New(Options{Secrets: randomSecrets(n), NoPatterns: !patterns})
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(text)))
				start := measure.CPU()
				for b.Loop() {
					if _, err := s.Reader(context.Background(), "", bytes.NewReader(text)); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(text))*float64(b.N)/1e6/(measure.CPU()-start).Seconds(), "MB/cpu-s")
				b.ReportMetric(float64(s.tableSize())/1e3, "kB-tables")
			})
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("secrets=%d", n), func(b *testing.B) {
			secrets := randomSecrets(n)
			for b.Loop() {
				if _, err := New(Options{Secrets: secrets}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDense searches in the usual way: with an Aho-Corasick automaton that has
// a row for each state.
func BenchmarkDense(b *testing.B) {
	text := goSource(b)
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("secrets=%d", n), func(b *testing.B) {
			var all [][]byte
			for _, s := range randomSecrets(n) {
				for _, f := range forms.Of(s.Bytes(), MinLength) {
					all = append(all, f.Text)
				}
			}
			d := newDense(all)
			b.SetBytes(int64(len(text)))
			start := measure.CPU()
			for b.Loop() {
				if d.count(text) > 0 {
					b.Fatal("a random value is in Go's source")
				}
			}
			b.ReportMetric(float64(len(text))*float64(b.N)/1e6/(measure.CPU()-start).Seconds(), "MB/cpu-s")
			b.ReportMetric(float64(4*len(d.next))/1e3, "kB-tables")
		})
	}
}

type dense struct {
	class [256]int32
	width int32
	next  []int32
	final []bool
}

func newDense(texts [][]byte) *dense {
	d := &dense{width: 1}
	for _, text := range texts {
		for _, c := range text {
			if d.class[c] == 0 {
				d.class[c] = d.width
				d.width++
			}
		}
	}
	add := func() { d.next, d.final = append(d.next, make([]int32, d.width)...), append(d.final, false) }
	add()
	for _, text := range texts {
		s := int32(0)
		for _, c := range text {
			at := s*d.width + d.class[c]
			if d.next[at] == 0 {
				d.next[at] = int32(len(d.final))
				add()
			}
			s = d.next[at]
		}
		d.final[s] = true
	}
	fail := make([]int32, len(d.final))
	queue := []int32{0}
	for i := 0; i < len(queue); i++ {
		s := queue[i]
		d.final[s] = d.final[s] || d.final[fail[s]]
		for c := range d.width {
			to := &d.next[s*d.width+c]
			switch {
			case *to != 0:
				if s != 0 {
					fail[*to] = d.next[fail[s]*d.width+c]
				}
				queue = append(queue, *to)
			case s != 0:
				*to = d.next[fail[s]*d.width+c]
			}
		}
	}
	for i := range d.next {
		d.next[i] *= d.width
	}
	return d
}

func (d *dense) count(text []byte) (n int) {
	s := int32(0)
	for _, c := range text {
		if s = d.next[s+d.class[c]]; d.final[s/d.width] {
			n++
		}
	}
	return n
}
