package nats

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/secretmux/secretmux/adapters/push"
	"github.com/secretmux/secretmux/testing/adapters/internal/fleet"
)

const (
	instances = 300
	jitter    = 500 * time.Millisecond
	// slow is what a loaded machine may add before a test fails; the figures are printed.
	slow = 20 * time.Second
)

func secrets(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("prod/secret-%d", i)
	}
	return all
}

// 300 stores, each with a connection of its own, learn of one rotation by exactly 300
// reads. Duplicates and an older message, newest first, change nothing.
func TestFleetOverNATS(t *testing.T) {
	b, all := startBroker(t), secrets(5)
	backend := fleet.NewBackend(all...)
	f := fleet.Start(t, instances, backend, func(int) push.Source { return b.source(t) }, push.Options{Within: jitter}, all...)
	backend.Reads("")

	began := time.Now()
	second := backend.Rotate(all[0], "second")
	b.publish(t, second)
	last := f.Await(t, "second", began)
	reads, others, peak := backend.Reads(all[0])
	learned := f.Learned("second")
	slices.SortFunc(learned, time.Time.Compare)
	t.Logf("%d stores learned after p50 %v, p99 %v, last %v; %d reads, at most %d at a time, %d of other secrets", len(learned),
		learned[len(learned)/2].Sub(began).Round(time.Millisecond), learned[len(learned)*99/100].Sub(began).Round(time.Millisecond),
		last.Round(time.Millisecond), reads, peak, others)
	if reads != instances || others != 0 || peak >= instances/3 {
		t.Errorf("%d reads, want exactly %d; %d of other secrets; %d at a time, want less than a third", reads, instances, others, peak)
	}
	if last > jitter+slow {
		t.Errorf("the last learned after %v", last)
	}

	second.Time = second.Time.Add(-time.Hour) // it is older than the next by more than clocks may differ
	third := backend.Rotate(all[0], "third")
	notices := slices.Repeat([]push.Notice{third, second}, 100)
	began = time.Now()
	b.publish(t, notices...)
	last = f.Await(t, "third", began)
	b.publish(t, second, third)
	time.Sleep(2 * jitter)
	reads, others, _ = backend.Reads(all[0])
	t.Logf("202 messages of two rotations, newest first: %d reads, the last after %v", reads, last.Round(time.Millisecond))
	if reads != instances || others != 0 {
		t.Errorf("%d reads, want exactly %d; %d of other secrets", reads, instances, others)
	}
	if told, again := len(f.Learned("third")), len(f.Learned("second")); told != instances || again != instances {
		t.Errorf("%d callbacks of the third value, %d of the second, want %d each", told, again, instances)
	}
}

// The server is away while a secret rotates.
func TestReconnect(t *testing.T) {
	for _, tt := range []struct {
		name   string
		within time.Duration // of the reconnect
		source func(*broker, *testing.T) push.Source
		// announce sends what the instances are to hear of it, once the server is back.
		announce func(*broker, *testing.T, push.Notice)
		sweeps   int
	}{
		{"core, by the sweep", 10 * time.Second, (*broker).source, func(*broker, *testing.T, push.Notice) {}, 10},
		{"stream, by its last message", jitter, (*broker).streamSource, (*broker).store, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const n = 10
			b := startBroker(t)
			b.makeStream(t, jetstream.FileStorage)
			backend := fleet.NewBackend("db")
			f := fleet.Start(t, n, backend, func(int) push.Source { return tt.source(b, t) }, push.Options{Within: jitter}, "db")
			backend.Reads("")
			b.stop()
			missed := backend.Rotate("db", "second")
			b.start(t)
			tt.announce(b, t, missed)
			last := f.Await(t, "second", time.Now())
			reads, _, _ := backend.Reads("db")
			t.Logf("learned %v after the server was back, of which up to 1 s is the client's wait; %d reads", last.Round(time.Millisecond), reads)
			if last > time.Second+tt.within+slow || reads != n || f.Count(push.Swept) != tt.sweeps {
				t.Errorf("%v, %d reads, want %d; %d sweeps, want %d", last, reads, n, f.Count(push.Swept), tt.sweeps)
			}
		})
	}
}

// A stream in memory is gone after a restart. In the one that the program makes anew the
// numbers begin at 1 again, far below those that the instances have seen.
func TestStreamMadeAnew(t *testing.T) {
	b := startBroker(t)
	b.makeStream(t, jetstream.MemoryStorage)
	backend := fleet.NewBackend("db", "other")
	f := fleet.Start(t, 3, backend, func(int) push.Source { return b.streamSource(t) }, push.Options{Within: -1}, "db")
	for range 20 {
		b.store(t, push.Notice{Name: "other", Version: "x"})
	}
	b.store(t, backend.Rotate("db", "second"))
	f.Await(t, "second", time.Now())
	b.stop()
	b.start(t)
	b.makeStream(t, jetstream.MemoryStorage)
	b.store(t, backend.Rotate("db", "third"))
	f.Await(t, "third", time.Now())

	nc := b.connect(t, time.Second) // and without a restart
	if err := streams(t, nc).DeleteStream(t.Context(), streamName); err != nil {
		t.Fatal(err)
	}
	b.makeStream(t, jetstream.MemoryStorage)
	b.store(t, backend.Rotate("db", "fourth"))
	f.Await(t, "fourth", time.Now())
}

// A store that starts late learns of the last rotation of each secret. It does not read
// secrets that it has already.
func TestLateStore(t *testing.T) {
	b := startBroker(t)
	b.makeStream(t, jetstream.FileStorage)
	backend := fleet.NewBackend("db", "api")
	for i := range 5 {
		b.store(t, backend.Rotate("db", fmt.Sprint("rotation ", i)))
	}
	b.store(t, push.Notice{Name: "another/teams", Version: "7"})
	b.store(t, push.Notice{Name: "api", Version: "2"}) // announced, and not there yet
	f := fleet.Start(t, 1, backend, func(int) push.Source { return b.streamSource(t) }, push.Options{Within: -1}, "db", "api")
	for f.Count(push.Received) < 3 {
		time.Sleep(10 * time.Millisecond)
	}
	backend.Set("api", "late")
	f.Await(t, "late", time.Now())
	time.Sleep(100 * time.Millisecond)
	if n := f.Count(push.Received); n != 3 {
		t.Errorf("%d messages, want the last of each secret", n)
	}
	if reads, _, _ := backend.Reads("db"); reads != 1 {
		t.Errorf("%d reads of what was current already, want only the first", reads)
	}
}
