package benchmarks

import "testing"

// figures are what one scenario measured, by unit.
type figures map[string]float64

// scenario runs a sub-benchmark that measures once, whatever -benchtime and
// -count say: it takes seconds, and repeats what it has to repeat itself.
func scenario(b *testing.B, name string, measure func(b *testing.B) figures) {
	b.Helper()
	var measured figures
	b.Run(name, func(b *testing.B) {
		if measured == nil {
			measured = measure(b)
		}
		b.ReportMetric(0, "ns/op")
		for unit, x := range measured {
			b.ReportMetric(x, unit)
		}
	})
}
