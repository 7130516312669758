package benchmarks

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// latencies are the latencies of single reads, ascending.
type latencies []time.Duration

// arrive starts one goroutine for each read, at a steady rate for d, as requests
// reach a service. The reads that a stalled one holds up are counted too, which
// a reader in a loop would never make. A late start is not the cache's doing and
// is left out.
func arrive(d time.Duration, perSecond int, read func(i int, began time.Time)) latencies {
	n := int(d.Seconds() * float64(perSecond))
	samples := make(latencies, n)
	interval := time.Second / time.Duration(perSecond)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range n {
		time.Sleep(time.Until(start.Add(time.Duration(i) * interval)))
		wg.Go(func() {
			began := time.Now()
			read(i, began)
			samples[i] = time.Since(began)
		})
	}
	wg.Wait()
	return sorted(samples)
}

func sorted(samples latencies) latencies {
	slices.Sort(samples)
	return samples
}

// within returns the latency that so many of a thousand reads don't exceed.
func (l latencies) within(perMille int) time.Duration {
	rank := (perMille*len(l) + 999) / 1000
	return l[max(rank, 1)-1]
}

func microseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Nanoseconds())/1000, 'f', 1, 64)
}

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64)
}

func TestLatenciesWithin(t *testing.T) {
	samples := make(latencies, 1000)
	for i := range samples {
		samples[i] = time.Duration(i + 1)
	}
	for perMille, want := range map[int]time.Duration{0: 1, 500: 500, 990: 990, 999: 999, 1000: 1000} {
		if got := samples.within(perMille); got != want {
			t.Errorf("%d of 1000 are within %d, want %d", perMille, got, want)
		}
	}
	if got := samples[:10].within(999); got != 10 {
		t.Errorf("of 10 reads, 999 of 1000 are within %d, want the slowest, 10", got)
	}
}
