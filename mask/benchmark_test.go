package mask_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/secretmux/secretmux/internal/measure"
	"github.com/secretmux/secretmux/mask"
)

// randomSet holds n random values of 12 to 51 characters.
func randomSet(n int) *mask.Set {
	set := mask.New(mask.Options{})
	add(set, n, func() {})
	return set
}

func add(set *mask.Set, n int, each func()) {
	for i, value := range measure.Values(n) {
		set.Add(fmt.Sprintf("app/secret-%d", i), secretOf(value))
		each()
	}
}

func BenchmarkWriter(b *testing.B) {
	text, err := measure.GoSource(b.Context(), 32<<20)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{5, 50, 200, 1000} {
		b.Run(fmt.Sprintf("secrets=%d", n), func(b *testing.B) {
			w := mask.NewWriter(io.Discard, randomSet(n))
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			start := measure.CPU()
			for b.Loop() {
				for rest := text; len(rest) > 0; {
					piece := rest[:min(len(rest), 32<<10)]
					rest = rest[len(piece):]
					_, _ = w.Write(piece)
				}
			}
			b.ReportMetric(float64(len(text))*float64(b.N)/1e6/(measure.CPU()-start).Seconds(), "MB/cpu-s")
		})
	}
}

func BenchmarkLine(b *testing.B) {
	line := bytes.Repeat([]byte("an ordinary line of a log "), 4)[:79]
	line = append(line, '\n')
	for _, n := range []int{5, 50, 200} {
		b.Run(fmt.Sprintf("secrets=%d", n), func(b *testing.B) {
			w := mask.NewWriter(io.Discard, randomSet(n))
			b.ReportAllocs()
			start := measure.CPU()
			for b.Loop() {
				_, _ = w.Write(line)
			}
			b.ReportMetric(float64((measure.CPU()-start).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}

// BenchmarkAdd adds secrets one by one, each before a line is written, as a service
// does that reads and logs.
func BenchmarkAdd(b *testing.B) {
	for _, n := range []int{50, 1000} {
		b.Run(fmt.Sprintf("secrets=%d", n), func(b *testing.B) {
			var before, after runtime.MemStats
			start := measure.CPU()
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				set := mask.New(mask.Options{})
				w := mask.NewWriter(io.Discard, set)
				add(set, n, func() { _, _ = w.Write([]byte("a line\n")) })
				runtime.GC()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(set)
			}
			b.ReportMetric(float64((measure.CPU()-start).Microseconds())/1e3/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e3/float64(n), "kB/secret")
		})
	}
}
