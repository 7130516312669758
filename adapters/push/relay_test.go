package push_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
)

// A relay reads the cloud's queue and sends each notice once, in order.
func TestRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		acked := 0
		queue := func(bodies ...string) push.Source {
			s := (&broker{}).subscribe()
			for _, body := range bodies {
				s.queue <- delivery{m: push.Message{Body: []byte(body), Ack: func() { acked++ }}}
			}
			s.queue <- delivery{err: errBroker}
			s.queue <- delivery{err: push.ErrMissed}
			s.queue <- delivery{err: io.EOF}
			return s
		}
		var sent []string
		tries := 0
		send := func(ctx context.Context, n push.Notice) error {
			switch tries++; {
			case tries < 4:
				return errBroker
			case tries == 4:
				panic(canary)
			case tries == 5:
				<-ctx.Done() // its time is over before that of the relay
				return ctx.Err()
			}
			sent = append(sent, n.Name)
			return nil
		}
		began := time.Now()
		err := push.Relay(t.Context(), queue(sns(labelEvent), canary, azureEvent, parameterEvent), nil, send)
		if !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("Relay returned %v", err)
		}
		want := []string{"prod/db", arn, "db-password", "/prod/db", "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db"}
		if !slices.Equal(sent, want) {
			t.Errorf("sent %q, want %q", sent, want)
		}
		if took := time.Since(began); acked != 4 || took < 10*time.Second || took > 15*time.Second {
			t.Errorf("%d messages acknowledged in %v", acked, took)
		}
	})
}

// A message that could not be forwarded is not acknowledged, so the queue delivers it
// again.
func TestRelayThatCannotSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := (&broker{}).subscribe()
		src.queue <- delivery{m: push.Message{Body: []byte(labelEvent), Ack: func() { t.Error("acknowledged") }}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		tries := 0
		err := push.Relay(ctx, src, push.AWS, func(context.Context, push.Notice) error {
			tries++
			return errBroker
		})
		if !errors.Is(err, context.DeadlineExceeded) || tries < 100 || tries > 250 {
			t.Errorf("Relay returned %v after %d tries", err, tries)
		}
	})
}

func TestRelayArguments(t *testing.T) {
	send := func(context.Context, push.Notice) error { return nil }
	careless := func(push.Message) ([]push.Notice, error) { return []push.Notice{{Name: "a?b"}}, nil }
	src := (&broker{}).subscribe()
	src.queue <- delivery{}
	src.queue <- delivery{err: io.EOF}
	for name, tt := range map[string]struct {
		src  push.Source
		send func(context.Context, push.Notice) error
		want error
	}{
		"no source": {nil, send, secretmux.ErrInvalid},
		"no send":   {src, nil, secretmux.ErrInvalid},
		"a name that can't be one is not sent": {src, func(context.Context, push.Notice) error {
			t.Error("sent")
			return nil
		}, secretmux.ErrClosed},
	} {
		if err := push.Relay(t.Context(), tt.src, careless, tt.send); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}
