package mask_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/secretmux/secretmux/mask"
)

// randomSet holds n random values of 12 to 51 characters.
func randomSet(n int) *mask.Set {
	set := mask.New(mask.Options{})
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		value := make([]byte, 9+r.IntN(30))
		for j := range value {
			value[j] = byte(r.Uint32())
		}
		set.Add(fmt.Sprintf("app/secret-%d", i), secretOf(base64.RawStdEncoding.EncodeToString(value)))
	}
	return set
}

// goSource is 32 MB of the toolchain's own source.
func goSource(tb testing.TB) []byte {
	tb.Helper()
	var text []byte
	err := filepath.WalkDir(filepath.Join(runtime.GOROOT(), "src"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || len(text) > 32<<20 {
			return err
		}
		file, err := os.ReadFile(path)
		text = append(text, file...)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func BenchmarkWriter(b *testing.B) {
	text := goSource(b)
	for _, n := range []int{5, 50, 200, 1000} {
		b.Run(fmt.Sprintf("secrets=%d", n), func(b *testing.B) {
			w := mask.NewWriter(io.Discard, randomSet(n))
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			start := cpu()
			defer func() { report(b, start, len(text)) }()
			for b.Loop() {
				for rest := text; len(rest) > 0; {
					piece := rest[:min(len(rest), 32<<10)]
					rest = rest[len(piece):]
					_, _ = w.Write(piece)
				}
			}
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
			start := cpu()
			defer func() { report(b, start, 0) }()
			for b.Loop() {
				_, _ = w.Write(line)
			}
		})
	}
}

// BenchmarkBuild is what the first Write after an Add pays.
func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{50, 1000} {
		b.Run(fmt.Sprintf("secrets=%d", n), func(b *testing.B) {
			set := randomSet(n)
			w := mask.NewWriter(io.Discard, set)
			var before, after runtime.MemStats
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				runtime.GC()
				runtime.ReadMemStats(&before)
				set.Add("app/other", secretOf(fmt.Sprintf("another-value-%d", i)))
				b.StartTimer()
				_, _ = w.Write([]byte("x\n"))
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			_ = after
		})
	}
}
