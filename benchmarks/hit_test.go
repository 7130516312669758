package benchmarks

import (
	"fmt"
	"runtime"
	"testing"
)

// hitNames is how many names the warm reads go round.
const hitNames = 100

// BenchmarkHit times reads of values that are there. Each reader writes its own
// loop: a call through a function value would cost as much as an atomic load.
//
// The number of cores is set here and not by -cpu, because testing runs the
// first round of a sub-benchmark with whatever the one before left behind.
func BenchmarkHit(b *testing.B) {
	readers := []struct {
		row string
		run func(b *testing.B, h *hit)
	}{
		{loopRow, emptyLoop},
		{pointerRow, atomicPointer},
		{liveRow, liveCurrent},
		{syncMapRow, syncMapLoad},
		{storeRow, storeGet},
		{fieldRow, storeGetField},
		{"otter Get, expiry and refresh", otterGet},
		{"runtimevar Latest", runtimevarLatest},
		{"koanf String", koanfString},
		{"viper GetString", viperGetString},
		{"os.Getenv", osGetenv},
	}
	for _, reader := range readers {
		for _, cores := range []int{oneCore, twoCores} {
			b.Run(fmt.Sprintf("%s/cores=%d", reader.row, cores), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
				reader.run(b, &hit{row: reader.row, cores: cores, names: secretNames(hitNames)})
			})
		}
	}
}

// hit is one reader on one number of cores.
type hit struct {
	row   string
	cores int
	names []string
}

// time runs read on as many goroutines as there are cores. read loops over pb
// itself and keeps what it read alive.
func (h *hit) time(b *testing.B, read func(pb *testing.PB)) {
	b.Helper()
	b.ReportAllocs()
	before := mallocs()
	b.ResetTimer()
	b.RunParallel(read)
	b.StopTimer()
	sample := hitSample{took: b.Elapsed(), reads: b.N, allocs: mallocs() - before}
	board.mu.Lock()
	defer board.mu.Unlock()
	board.hits.add(h.row, h.cores, sample)
}

// verify fails b unless read returns the right value of each name, so that no
// reader is timed on misses.
func (h *hit) verify(b *testing.B, read func(i int) string) {
	b.Helper()
	for i, name := range h.names {
		if read(i) != secretValue(name) {
			b.Fatalf("%s does not return the value of %s", h.row, name)
		}
	}
}

// after is the index that follows i round the names.
func after(i int) int {
	if i++; i < hitNames {
		return i
	}
	return 0
}

func mallocs() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.Mallocs
}

// emptyLoop is what each of the others pays for being measured.
func emptyLoop(b *testing.B, h *hit) {
	h.time(b, func(pb *testing.PB) {
		i := 0
		for pb.Next() {
			i = after(i)
		}
		runtime.KeepAlive(i)
	})
}
