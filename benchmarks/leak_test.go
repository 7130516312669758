package benchmarks

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/coregx/ahocorasick"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/forms"
	"github.com/secretmux/secretmux/internal/measure"
	"github.com/secretmux/secretmux/mask"
	"github.com/secretmux/secretmux/scan"
)

const (
	scanTitle = "A search for secrets in every form, in Go's own source, MB for each second of processor time"
	maskTitle = "A stream without secrets in pieces of 32 KiB, MB for each second of processor time"

	ownRow      = "secretmux"
	patternsRow = "secretmux, with tokens of vendors"
	countRow    = "bytes.Count for each form"
	automaton   = "coregx/ahocorasick"

	leakText = 16 << 20
)

// finder searches a text and returns what it found.
type finder func(text []byte) int

// BenchmarkScan searches for random values, which are nowhere in the text. What
// bytes.Count and the automaton search for are the forms that scan searches for.
func BenchmarkScan(b *testing.B) {
	text := goText(b)
	for _, n := range []int{10, 100, 1000} {
		rows := []struct {
			name string
			make func() finder
		}{
			{ownRow, func() finder { return scanner(b, n, true) }},
			{patternsRow, func() finder { return scanner(b, n, false) }},
			{countRow, func() finder { return countEach(n, scan.MinLength) }},
			{automaton, func() finder { return automatonOf(b, n, scan.MinLength) }},
		}
		for _, row := range rows {
			if row.name == countRow && n == 1000 {
				continue // half a minute that says nothing more
			}
			b.Run(fmt.Sprintf("%s/secrets=%d", row.name, n), func(b *testing.B) {
				speed, tables := measureFinder(b, text, row.make)
				scanRow(row.name, n, speed, tables)
			})
		}
	}
}

// BenchmarkMask masks a stream that has nothing to mask. The peers only count.
func BenchmarkMask(b *testing.B) {
	text := goText(b)
	for _, n := range []int{5, 50, 200} {
		rows := []struct {
			name string
			make func() finder
		}{
			{ownRow, func() finder { return masker(n) }},
			{countRow, func() finder { return countEach(n, mask.DefaultMinLength) }},
			{automaton, func() finder { return automatonOf(b, n, mask.DefaultMinLength) }},
		}
		for _, row := range rows {
			b.Run(fmt.Sprintf("%s/secrets=%d", row.name, n), func(b *testing.B) {
				speed, tables := measureFinder(b, text, row.make)
				leakRow(maskTitle, row.name, n, speed, tables)
				if row.name == ownRow && n == 50 {
					board.target("mask, 50 secrets", fmt.Sprintf("%.0f MB/s", speed), ">= 100 MB/s", speed >= 100)
				}
			})
		}
	}
}

// BenchmarkMaskLine masks one line of a log.
func BenchmarkMaskLine(b *testing.B) {
	line := append(bytes.Repeat([]byte("an ordinary line of a log "), 4)[:79], '\n')
	w := mask.NewWriter(io.Discard, maskSet(50))
	_, _ = w.Write(line) // warm
	b.ReportAllocs()
	before, start := mallocs(), measure.CPU()
	b.ResetTimer()
	for range b.N {
		_, _ = w.Write(line)
	}
	took := (measure.CPU() - start) / time.Duration(b.N)
	allocs := float64(mallocs()-before) / float64(b.N)
	if b.N < 1000 { // a first round, which says nothing
		return
	}
	board.target("mask, a line of 80 bytes, 50 secrets", took.String(), "<= 2us", took <= 2*time.Microsecond)
	board.target("mask, allocations a line", fmt.Sprintf("%.2f", allocs), "0", allocs < 0.01) // the counting itself allocates
}

func goText(b *testing.B) []byte {
	b.Helper()
	text, err := measure.GoSource(b.Context(), leakText)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// measureFinder makes a finder and has it search text, three times at least. The
// speed is the best, in MB for each second of processor time; tables are what the
// finder keeps on the heap.
func measureFinder(b *testing.B, text []byte, open func() finder) (speed, tables float64) {
	b.Helper()
	before := heap()
	find := open()
	tables = float64(heap()-before) / 1e6
	b.SetBytes(int64(len(text)))
	for range max(3, b.N) {
		start := measure.CPU()
		if n := find(text); n != 0 {
			b.Fatalf("%d random values are in Go's source", n)
		}
		speed = max(speed, float64(len(text))/1e6/(measure.CPU()-start).Seconds())
	}
	runtime.KeepAlive(find)
	b.ReportMetric(speed, "MB/cpu-s")
	b.ReportMetric(tables, "MB-tables")
	return speed, tables
}

func heap() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func leakSecrets(n int) map[string]secretmux.Secret {
	secrets := map[string]secretmux.Secret{}
	for i, value := range measure.Values(n) {
		secrets[fmt.Sprintf("app/secret-%d", i)] = secretmux.NewSecret([]byte(value), secretmux.Meta{})
	}
	return secrets
}

// leakForms are all forms of n values from a length on.
func leakForms(n, shortest int) (all [][]byte) {
	for _, value := range measure.Values(n) {
		for _, f := range forms.Of([]byte(value), shortest) {
			all = append(all, f.Text)
		}
	}
	return all
}

func scanner(b *testing.B, n int, ownOnly bool) finder {
	b.Helper()
	s, err := scan.New(scan.Options{Secrets: leakSecrets(n), NoPatterns: ownOnly})
	if err != nil {
		b.Fatal(err)
	}
	return func(text []byte) int {
		report, err := s.Reader(context.Background(), "", bytes.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		return len(report.Findings)
	}
}

func maskSet(n int) *mask.Set {
	set := mask.New(mask.Options{})
	for name, secret := range leakSecrets(n) {
		set.Add(name, secret)
	}
	return set
}

func masker(n int) finder {
	w := mask.NewWriter(io.Discard, maskSet(n))
	_, _ = w.Write([]byte("x\n")) // which makes the tables
	return func(text []byte) int {
		for len(text) > 0 {
			piece := text[:min(len(text), 32<<10)]
			text = text[len(piece):]
			_, _ = w.Write(piece)
		}
		return 0
	}
}

func countEach(n, shortest int) finder {
	all := leakForms(n, shortest)
	return func(text []byte) (found int) {
		for _, form := range all {
			found += bytes.Count(text, form)
		}
		return found
	}
}

func automatonOf(b *testing.B, n, shortest int) finder {
	b.Helper()
	a, err := ahocorasick.NewBuilder().AddPatterns(leakForms(n, shortest)).Build()
	if err != nil {
		b.Fatal(err)
	}
	return a.Count
}

func scanRow(name string, n int, speed, tables float64) {
	leakRow(scanTitle, name, n, speed, tables)
	switch {
	case name == patternsRow && n == 100:
		board.target("scan, 100 secrets and tokens", fmt.Sprintf("%.0f MB/s", speed), ">= 500 MB/s", speed >= 500)
	case name == patternsRow && n == 1000:
		board.target("scan, tables of 1,000 secrets", fmt.Sprintf("%.2f MB", tables), "<= 1 MB", tables <= 1)
	}
}

func leakRow(title, name string, n int, speed, tables float64) {
	board.row(title, []string{"secrets", "", "MB/s", "tables, MB"},
		fmt.Sprintf("%d, %s", n, name), "", fmt.Sprintf("%.0f", speed), fmt.Sprintf("%.2f", tables))
}
