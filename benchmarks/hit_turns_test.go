package benchmarks

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

const (
	turnRounds = 201 // of each reader
	turnPasses = 200 // over all names, in one round
)

// BenchmarkHitInTurns times the warm reads that the design compares with sync.Map, in
// turns of a few hundred microseconds. What BenchmarkHit prints of two rows was measured
// seconds apart, and on a machine that does other work those differ by more than the
// readers do. Here the median of the ratios counts, of two rounds that follow each other.
func BenchmarkHitInTurns(b *testing.B) {
	for _, cores := range []int{oneCore, twoCores} {
		scenario(b, fmt.Sprintf("cores=%d", cores), func(b *testing.B) figures {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			names := secretNames(hitNames)
			refs := passwordRefs(names)
			rows := []string{syncMapRow, storeRow, fieldRow}
			readers := []func(){
				readMap(names),
				readStore(b, warmStore(b, secretValue, names), names),
				readStore(b, warmStore(b, secretDocument, refs), refs),
			}
			took := make([][]time.Duration, len(rows))
			for range turnRounds {
				for i, read := range readers {
					took[i] = append(took[i], onCores(cores, read))
				}
			}
			f := figures{}
			for i, row := range rows {
				ratio := medianRatio(took[i], took[0])
				ns := float64(slices.Min(took[i]).Nanoseconds()) / turnPasses / hitNames
				board.row("Warm reads in turns, ns each", []string{"", "best", "x sync.Map, median of ratios"},
					fmt.Sprintf("%s, cores: %d", row, cores), number(ns, true), number(ratio, true))
				if i > 0 {
					board.target(fmt.Sprintf("%s, cores: %d", row, cores), fmt.Sprintf("%.2f x", ratio), "at most 1 x sync.Map.Load", ratio <= 1)
					f[fmt.Sprintf("x-sync.Map-%d", i)] = ratio
				}
			}
			return f
		})
	}
}

func readMap(names []string) func() {
	var m sync.Map
	keys := make([]any, len(names))
	for i, name := range names {
		keys[i] = name
		m.Store(name, newSecret(name, secretValue(name)))
	}
	return func() {
		var got secretmux.Secret
		for range turnPasses {
			for _, key := range keys {
				value, _ := m.Load(key)
				got, _ = value.(secretmux.Secret)
			}
		}
		runtime.KeepAlive(got)
	}
}

func readStore(b *testing.B, store *secretmux.Store, refs []string) func() {
	ctx := b.Context()
	return func() {
		var got secretmux.Secret
		var err error
		for range turnPasses {
			for _, ref := range refs {
				if got, err = store.Get(ctx, ref); err != nil {
					b.Error(err)
					return
				}
			}
		}
		runtime.KeepAlive(got)
	}
}

// onCores runs read on so many goroutines at a time, and returns what the slowest took.
func onCores(cores int, read func()) time.Duration {
	took := make([]time.Duration, cores)
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range took {
		wg.Go(func() {
			<-begin
			start := time.Now()
			read()
			took[i] = time.Since(start)
		})
	}
	close(begin)
	wg.Wait()
	return slices.Max(took)
}
