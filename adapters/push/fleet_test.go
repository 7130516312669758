package push_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
)

// After one message, each of 300 stores reads the secret once, and not all at the same
// time.
func TestFleetLearns(t *testing.T) {
	const instances, jitter = 300, 500 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		secrets := names(5)
		b, br := newBackend(secrets...), &broker{}
		b.took = 20 * time.Millisecond
		fleet := start(t, instances, b, br, push.Options{Within: jitter}, secretmux.Options{TTL: time.Hour}, secrets...)
		b.resetCounts()
		br.send(b.rotate(t, secrets[0], "second"))
		time.Sleep(jitter + 500*time.Millisecond)
		synctest.Wait()
		for i, in := range fleet {
			if got := in.value(t, secrets[0]); got != "second" {
				t.Fatalf("instance %d has %q", i, got)
			}
		}
		if n := b.count(secrets[0]); n != instances {
			t.Errorf("%d reads, want exactly %d", n, instances)
		}
		if n := b.total() - b.count(secrets[0]); n != 0 {
			t.Errorf("%d reads of the other secrets", n)
		}
		if b.peak >= instances/3 {
			t.Errorf("%d reads at a time, want less than a third of the fleet", b.peak)
		}
		time.Sleep(30 * time.Minute)
		if n := b.total(); n != instances {
			t.Errorf("%d reads half an hour later, want %d", n, instances)
		}
	})
}

// The same message comes a hundred times, the newest first, with one that is an hour
// old.
func TestDuplicateAndReorderedMessages(t *testing.T) {
	const instances = 300
	synctest.Test(t, func(t *testing.T) {
		b, br := newBackend("db"), &broker{}
		fleet := start(t, instances, b, br, push.Options{Within: 500 * time.Millisecond}, secretmux.Options{TTL: 12 * time.Hour}, "db")
		old := b.rotate(t, "db", "second")
		br.send(old)
		time.Sleep(time.Hour)
		b.resetCounts()
		newest := b.rotate(t, "db", "third")
		for i := range 100 {
			br.send(newest)
			br.send(old)
			time.Sleep(time.Duration(i) * time.Millisecond) // during the reads, and after them
		}
		time.Sleep(time.Minute)
		br.send(old)
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := b.total(); n != instances {
			t.Errorf("%d reads, want exactly %d", n, instances)
		}
		for i, in := range fleet {
			if got := in.value(t, "db"); got != "third" || in.callbacks("second") != 1 || in.callbacks("third") != 1 {
				t.Fatalf("instance %d has %q and was told %v", i, got, in.told)
			}
		}
	})
}

// The message comes before the version can be read, and a replica flaps afterwards.
func TestFlappingBackend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, br := newBackend("db"), &broker{}
		b.lag = 3 * time.Second
		fleet := start(t, 20, b, br, push.Options{Within: 500 * time.Millisecond}, secretmux.Options{TTL: time.Hour}, "db")
		n := b.rotate(t, "db", "second")
		br.send(n)
		time.Sleep(8 * time.Second) // looks after 1, 2 and 4 s
		for i, in := range fleet {
			if got := in.value(t, "db"); got != "second" {
				t.Fatalf("instance %d has %q after 8 s", i, got)
			}
		}
		b.regress.Store(20)
		br.send(push.Notice{Name: "db", Time: time.Now()}) // has all of them read the old one
		time.Sleep(time.Second)
		b.regress.Store(0)
		for range 100 {
			time.Sleep(time.Second)
			for i, in := range fleet {
				if got := in.value(t, "db"); got != "second" {
					t.Fatalf("instance %d went back to %q", i, got)
				}
			}
		}
		for i, in := range fleet {
			if len(in.told) != 1 || in.callbacks("second") != 1 {
				t.Fatalf("instance %d was told %v, want one rotation", i, in.told)
			}
		}
	})
}

// The test plays one day of 50 stores with 4 secrets each. Each secret rotates once.
func TestReadsSaved(t *testing.T) {
	const instances, secrets, pollTTL = 50, 4, 5 * time.Minute
	day := func(t *testing.T, ttl time.Duration, pushes bool) (reads int, late time.Duration) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			all := names(secrets)
			b, br := newBackend(all...), &broker{}
			fleet := start(t, instances, b, br, push.Options{}, secretmux.Options{TTL: ttl}, all...)
			b.resetCounts()
			for i, name := range all {
				time.Sleep(4 * time.Hour)
				value := "another " + string(rune('a'+i))
				n := b.rotate(t, name, value)
				if pushes {
					br.send(n)
				}
				rotated := time.Now()
				for _, in := range fleet {
					for in.callbacks(value) == 0 {
						time.Sleep(time.Second)
					}
				}
				late = max(late, time.Since(rotated))
			}
			time.Sleep(24*time.Hour - secrets*4*time.Hour - secrets*late)
			reads = b.total()
		})
		return reads, late
	}
	polls, pollLate := day(t, pollTTL, false)
	pushed, pushLate := day(t, 24*time.Hour, true)
	t.Logf("one day, %d stores, %d secrets, each rotated once\n"+
		"                     reads   learned after at most\n"+
		"polling, TTL 5 min  %6d   %v\npush, TTL 24 h      %6d   %v\nfewer by            %6.0f x", instances, secrets,
		polls, pollLate.Round(time.Second), pushed, pushLate.Round(time.Second), float64(polls)/float64(pushed))
	if polls < 100*pushed {
		t.Errorf("%d reads by polling, %d with push: want 100 times fewer", polls, pushed)
	}
	if pushLate > 11*time.Second || pollLate > pollTTL {
		t.Errorf("learned after %v by push, %v by polling", pushLate, pollLate)
	}
}
