package push_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
)

// A person who can send messages can only make an instance read a secret once a second.
// They learn nothing and change nothing.
func TestForgedMessages(t *testing.T) {
	tests := map[string]func(i int) push.Notice{
		"a version that never comes": func(i int) push.Notice { return push.Notice{Version: fmt.Sprint("forged", i), Time: time.Now()} },
		"no version":                 func(int) push.Notice { return push.Notice{} },
		"a time far off": func(i int) push.Notice {
			return push.Notice{Version: fmt.Sprint(i), Time: time.Now().AddDate(1000, 0, 0)}
		},
		"the version before": func(int) push.Notice { return push.Notice{Version: "1", Time: time.Now()} },
	}
	for name, forge := range tests {
		for _, within := range []time.Duration{-1, time.Second, 10 * time.Second} {
			t.Run(fmt.Sprint(name, " within ", within), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b, br := newBackend("db"), &broker{}
					b.Set("db", "second")
					in := startOne(t, b, br, push.Options{Within: within}, secretmux.Options{}, "db")
					b.resetCounts()
					for i := range 3000 { // five minutes, ten a second
						n := forge(i)
						n.Name = "db"
						br.send(n)
						time.Sleep(100 * time.Millisecond)
					}
					if n, apart := b.total(), b.closest(); apart < time.Second || n > 301 || n < 20 {
						t.Errorf("%d reads in 300 s, two of them %v apart", n, apart)
					}
					if got := in.value(t, "db"); got != "second" || len(in.told) != 0 {
						t.Errorf("the instance has %q and was told %v", got, in.told)
					}
					br.send(b.rotate(t, "db", "third"))
					time.Sleep(12 * time.Second)
					if got := in.value(t, "db"); got != "third" || in.callbacks("third") != 1 {
						t.Errorf("after a real message: %q, told %v", got, in.told)
					}
				})
			})
		}
	}
}

// A store does not read an unused secret, and remembers nothing about it.
func TestUnknownNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const unknown = 10_000
		b, br := newBackend("db"), &broker{}
		in := startOne(t, b, br, push.Options{Within: -1}, secretmux.Options{}, "db")
		b.resetCounts()
		flood := func() {
			for i := range unknown {
				br.send(push.Notice{Name: fmt.Sprintf("another/service/%d", i), Version: "7", Time: time.Now()})
				if i%1000 == 0 {
					time.Sleep(time.Second)
				}
			}
			time.Sleep(time.Minute)
		}
		flood()
		before := heap()
		flood()
		flood()
		grown := int64(heap()) - int64(before)
		if n := b.total(); n != 0 {
			t.Errorf("%d reads", n)
		}
		if n := len(in.store.Status()); n != 1 {
			t.Errorf("the store keeps %d secrets, want 1", n)
		}
		if n := in.count(push.Unused); n != 3*unknown {
			t.Errorf("%d notices were of no use, want %d", n, 3*unknown)
		}
		if grown > 100<<10 { // 20,000 names are 500 KB
			t.Errorf("%d bytes more on the heap after 20,000 unknown names", grown)
		}
		runtime.KeepAlive(in)
	})
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// The text of a message may be a value in the wrong place.
func TestNothingOfAMessageIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen bytes.Buffer
		log := slog.New(slog.NewTextHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
		b, br := newBackend("db"), &broker{}
		store, err := secretmux.New(reader{b}, secretmux.Options{TTL: time.Hour, Logger: log})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		if _, err := store.Watch(t.Context(), "db"); err != nil {
			t.Fatal(err)
		}
		src := br.subscribe()
		for _, body := range []string{
			string(push.Encode(push.Notice{Name: canary, Version: canary})),
			string(push.Encode(push.Notice{Name: "db", Version: canary})),
			string(push.Encode(push.Notice{Name: "//" + canary, Version: "1"})),
			`{"v":1,"name":"db","version":"1","value":"` + canary + `","password":"` + canary + `"}`,
			`{"v":"` + canary + `"}`, canary, `["` + canary + `"]`, `{"detail-type":"` + canary + `"}`,
		} {
			src.queue <- delivery{m: push.Message{Body: []byte(body), Attributes: map[string]string{"x": canary}}}
		}
		src.queue <- delivery{err: io.EOF}
		err = push.Run(t.Context(), store, src, push.Options{Within: -1, Observe: func(e push.Event) {
			log.Info("push", "kind", e.Kind, "name", e.Name, "err", e.Err)
		}})
		log.Info("ended", "err", err) // the handler has the lock of the buffer
		time.Sleep(time.Minute)
		store.Close()
		synctest.Wait()
		if strings.Contains(seen.String(), canary) {
			t.Errorf("a message was shown:\n%s", seen.String())
		}
		if n := strings.Count(seen.String(), "kind="+string(push.Received)); n != 8 {
			t.Errorf("%d messages were seen, want 8", n)
		}
	})
}
