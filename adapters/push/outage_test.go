package push_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
)

var errBroker = errors.New("the broker is gone")

// gone fails every Receive, with an error of its own.
type gone struct{ calls atomic.Int64 }

func (g *gone) Receive(context.Context) (push.Message, error) {
	g.calls.Add(1)
	return push.Message{}, errBroker
}

// If the broker is gone for good, all stores learn through the TTL, and nothing is
// unhealthy.
func TestBrokerGoneForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ttl = 10 * time.Minute
		b := newBackend("db")
		src := &gone{}
		store, err := secretmux.New(reader{b}, secretmux.Options{TTL: ttl})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		live, err := store.Watch(t.Context(), "db")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- push.Run(ctx, store, src, push.Options{}) }()
		time.Sleep(time.Hour)
		b.resetCounts()
		b.rotate(t, "db", "second")
		time.Sleep(ttl)
		if got := live.Current().Reveal(); got != "second" {
			t.Errorf("%q after the TTL", got)
		}
		if err := errors.Join(store.Ready(), store.Check(t.Context())); err != nil {
			t.Errorf("the broker is gone, the store is well: %v", err)
		}
		if b.total() > 2 {
			t.Errorf("%d reads in a TTL without a broker", b.total())
		}
		if n := src.calls.Load(); n < 100 || n > 250 { // 30 s apart, the latter half random
			t.Errorf("%d tries to receive in 70 minutes", n)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
	})
}

// sweeps runs one instance that watches and keeps secrets and misses a rotation of
// each. Then it lets the source act.
func sweeps(t *testing.T, happen func(br *broker)) (in *instance, b *backend) {
	t.Helper()
	br := &broker{}
	b = newBackend("watched", "kept", "unused")
	in = startOne(t, b, br, push.Options{Within: time.Second}, secretmux.Options{}, "watched")
	in.value(t, "kept")
	synctest.Wait()
	b.rotate(t, "watched", "second")
	b.rotate(t, "kept", "second")
	b.resetCounts()
	happen(br)
	return in, b
}

func TestSweepAfterMissedMessages(t *testing.T) {
	tests := map[string]struct {
		happen func(br *broker)
		after  time.Duration // all is read within it
	}{
		"the source says so": {func(br *broker) { br.fail(push.ErrMissed) }, 10 * time.Second},
		"a message after a failure": {func(br *broker) {
			br.fail(errBroker)
			br.send(push.Notice{Name: "nobody's"})
		}, 11 * time.Second},
		"silence after failures": {func(br *broker) {
			br.fail(errBroker)
			br.fail(errBroker)
		}, time.Minute + 11*time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in, b := sweeps(t, tt.happen)
				time.Sleep(tt.after)
				synctest.Wait()
				if w, k := in.value(t, "watched"), in.value(t, "kept"); w != "second" || k != "second" {
					t.Errorf("watched %q, kept %q", w, k)
				}
				if b.count("watched") != 1 || b.count("kept") != 1 || b.count("unused") != 0 || in.count(push.Swept) != 1 {
					t.Errorf("reads %v, %d sweeps", b.reads, in.count(push.Swept))
				}
				time.Sleep(time.Hour)
				if b.total() != 2 {
					t.Errorf("%d reads an hour later", b.total())
				}
			})
		})
	}
}

// A connection that flaps must not turn push into polling.
func TestSweepsAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, b := sweeps(t, func(br *broker) {
			for range 100 {
				br.fail(push.ErrMissed)
				time.Sleep(time.Second)
			}
		})
		time.Sleep(time.Minute)
		if n := in.count(push.Swept); n < 9 || n > 12 {
			t.Errorf("%d sweeps in 100 s, want one in each 10 s", n)
		}
		if n := b.count("watched"); n > 12 {
			t.Errorf("%d reads", n)
		}
	})
}

func TestEndOfRun(t *testing.T) {
	b := newBackend("db")
	store, err := secretmux.New(reader{b}, secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	sub := func(err error) *subscription {
		s := (&broker{}).subscribe()
		s.queue <- delivery{err: err}
		return s
	}
	for name, tt := range map[string]struct {
		store *secretmux.Store
		src   push.Source
		want  error
	}{
		"a source that is over": {store, sub(io.EOF), secretmux.ErrClosed},
		"no source":             {store, nil, secretmux.ErrInvalid},
		"no store":              {nil, sub(io.EOF), secretmux.ErrInvalid},
	} {
		if err := push.Run(t.Context(), tt.store, tt.src, push.Options{}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// deaf waits for the end of the test, even after its context has ended.
type deaf chan struct{}

func (d deaf) Receive(context.Context) (push.Message, error) {
	<-d
	return push.Message{}, io.EOF
}

// A source that ignores its context does not delay Run. A source that panics counts as
// failed.
func TestBadSources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := secretmux.New(reader{newBackend("db")}, secretmux.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		d := make(deaf)
		defer close(d)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := push.Run(ctx, store, d, push.Options{}); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("Run returned %v after %v", err, time.Since(began))
		}
		var failed int
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err = push.Run(ctx, store, panicking{}, push.Options{Observe: func(e push.Event) {
			if e.Kind == push.Failed {
				failed++
			}
			panic("observer")
		}})
		if !errors.Is(err, context.DeadlineExceeded) || failed < 2 {
			t.Errorf("Run returned %v after %d failures", err, failed)
		}
	})
}

type panicking struct{}

func (panicking) Receive(context.Context) (push.Message, error) { panic("source") }

// A sweep of many secrets takes a longer time.
func TestSweepIsSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, br := names(100), &broker{}
		b := newBackend(all...)
		startOne(t, b, br, push.Options{Within: 10 * time.Second}, secretmux.Options{}, all...)
		b.resetCounts()
		br.fail(push.ErrMissed)
		time.Sleep(500 * time.Second)
		if n := b.total(); n < 35 || n > 65 {
			t.Errorf("%d reads in half of the time, want about 50", n)
		}
		time.Sleep(500*time.Second + time.Millisecond)
		if n := b.total(); n != 100 {
			t.Errorf("%d reads in all, want 100", n)
		}
	})
}
