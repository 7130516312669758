package benchmarks

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// The rows that the others are compared with.
const (
	loopRow     = "empty loop"
	pointerRow  = "atomic pointer"
	syncMapRow  = "sync.Map.Load"
	storeRow    = "secretmux Store.Get"
	fieldRow    = "secretmux Store.Get #field"
	liveRow     = "secretmux Live.Current"
	oneCore     = 1
	twoCores    = 2
	noRatio     = "-"
	hitsTitle   = "Warm reads of 100 names, ns each (x: divided by that row, on as many cores)"
	scalesTitle = "ns x cores, 2/1"
)

// hitTable holds the samples of the warm reads.
type hitTable struct {
	order []string
	cells map[hitCell][]hitSample
}

type hitCell struct {
	row   string
	cores int
}

type hitSample struct {
	took   time.Duration
	reads  int
	allocs uint64
}

func (s hitSample) ns() float64 { return float64(s.took.Nanoseconds()) / float64(s.reads) }

// shortest is the least time that says anything about a read of nanoseconds. A
// run with -benchtime 10x proves that the readers work, and prints no figures.
const shortest = 100 * time.Millisecond

func (h *hitTable) add(row string, cores int, s hitSample) {
	if s.took < shortest {
		return
	}
	if h.cells == nil {
		h.cells = make(map[hitCell][]hitSample)
	}
	if !slices.Contains(h.order, row) {
		h.order = append(h.order, row)
	}
	cell := hitCell{row, cores}
	h.cells[cell] = append(h.cells[cell], s)
}

// median is the middle sample of those that ran for long enough: a benchmark
// function also runs a few times with a small b.N, to find how many reads fill
// a second.
func (h *hitTable) median(row string, cores int) (hitSample, bool) {
	samples := slices.Clone(h.cells[hitCell{row, cores}])
	if len(samples) == 0 {
		return hitSample{}, false
	}
	longest := slices.MaxFunc(samples, func(a, b hitSample) int { return cmp.Compare(a.took, b.took) }).took
	samples = slices.DeleteFunc(samples, func(s hitSample) bool { return s.took < longest/2 })
	slices.SortFunc(samples, func(a, b hitSample) int { return cmp.Compare(a.ns(), b.ns()) })
	return samples[len(samples)/2], true
}

// ratio is how many times as long a read of row takes as one of base.
func (h *hitTable) ratio(row, base string, cores int) (float64, bool) {
	a, okA := h.median(row, cores)
	b, okB := h.median(base, cores)
	if !okA || !okB {
		return 0, false
	}
	return a.ns() / b.ns(), true
}

func (h *hitTable) table() *table {
	if len(h.order) == 0 {
		return nil
	}
	t := &table{title: hitsTitle, header: []string{
		"", "1 core", "2 cores", "x sync.Map, 1 core", "2 cores", "x pointer, 1 core", "2 cores", scalesTitle, "allocs",
	}}
	for _, row := range h.order {
		one, hasOne := h.median(row, oneCore)
		two, hasTwo := h.median(row, twoCores)
		cells := []string{row, number(one.ns(), hasOne), number(two.ns(), hasTwo)}
		for _, base := range []string{syncMapRow, pointerRow} {
			cells = append(cells, number(h.ratio(row, base, oneCore)), number(h.ratio(row, base, twoCores)))
		}
		cells = append(cells, number(two.ns()*twoCores/one.ns(), hasOne && hasTwo))
		t.rows = append(t.rows, append(cells, h.allocs(row)))
	}
	return t
}

func (h *hitTable) allocs(row string) string {
	for _, cores := range []int{twoCores, oneCore} {
		if s, ok := h.median(row, cores); ok {
			return fmt.Sprint(s.allocs / uint64(s.reads))
		}
	}
	return noRatio
}

// targets compares this library's rows with what the design promises; those of a Store
// are compared in BenchmarkHitInTurns.
func (h *hitTable) targets() []target {
	promises := []struct {
		row, base, wanted string
		most              float64
	}{
		{liveRow, pointerRow, "at most 2 x an atomic pointer", 2},
	}
	var targets []target
	for _, p := range promises {
		for _, cores := range []int{oneCore, twoCores} {
			if x, ok := h.ratio(p.row, p.base, cores); ok {
				figure := fmt.Sprintf("%s, cores: %d", p.row, cores)
				targets = append(targets, target{figure, fmt.Sprintf("%.2f x", x), p.wanted, x <= p.most})
			}
		}
	}
	return targets
}

func number(x float64, ok bool) string {
	if !ok {
		return noRatio
	}
	return fmt.Sprintf("%.2f", x)
}
