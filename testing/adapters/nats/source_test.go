package nats

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	natspush "github.com/secretmux/secretmux/adapters/push/nats"
	"github.com/secretmux/secretmux/testing/adapters/internal/fleet"
)

// Messages without room are lost, and the loss is reported.
func TestSourceThatIsTooSlow(t *testing.T) {
	b := startBroker(t)
	src := b.source(t)
	notices := make([]push.Notice, 3000)
	for i := range notices {
		notices[i] = push.Notice{Name: "db"}
	}
	b.publish(t, notices...)
	deadline := time.Now().Add(time.Minute)
	for {
		_, err := src.Receive(t.Context())
		if errors.Is(err, push.ErrMissed) {
			return
		}
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("%v, want ErrMissed", err)
		}
	}
}

func TestClosedSource(t *testing.T) {
	b := startBroker(t)
	src := b.source(t)
	if err := src.(io.Closer).Close(); err != nil {
		t.Fatal(err)
	}
	nc := b.connect(t, time.Second)
	open := map[string]func() (push.Source, error){
		"core": func() (push.Source, error) { return natspush.Source(nc, subject) },
		"stream": func() (push.Source, error) {
			return natspush.Stream(t.Context(), streams(t, nc), streamName, subject)
		},
	}
	if _, err := open["stream"](); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("a stream that does not exist: %v, want ErrNotFound", err)
	}
	b.makeStream(t, 0)
	var ended []<-chan error
	for _, name := range []string{"core", "stream"} {
		src, err := open[name]()
		if err != nil {
			t.Fatal(err)
		}
		f := fleet.Start(t, 1, fleet.NewBackend("db"), func(int) push.Source { return src }, push.Options{}, "db")
		ended = append(ended, f.Ended())
	}
	nc.Close()
	for _, e := range ended {
		if err := <-e; !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("Run ended with %v, want ErrClosed", err)
		}
	}
	if err := natspush.Publish(t.Context(), nc, subject, push.Notice{Name: "db"}); !errors.Is(err, secretmux.ErrUnavailable) {
		t.Errorf("Publish: %v, want ErrUnavailable", err)
	}
	for name := range open {
		if _, err := open[name](); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("%s over a closed connection: %v, want ErrUnavailable", name, err)
		}
	}
}
