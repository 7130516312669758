package gocloudpush_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"gocloud.dev/pubsub"
	"gocloud.dev/pubsub/mempubsub"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	gocloudpush "github.com/secretmux/secretmux/adapters/push/gocloud"
	"github.com/secretmux/secretmux/testing/memory"
)

// rig is a store that watches one secret, and a topic.
type rig struct {
	*memory.Provider
	store *secretmux.Store
	topic *pubsub.Topic
	told  chan string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{Provider: memory.New(map[string]string{"db": "first"}), topic: mempubsub.NewTopic(), told: make(chan string, 10)}
	var err error
	if r.store, err = secretmux.New(r.Provider, secretmux.Options{TTL: time.Hour}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.store.Close() })
	if _, err := r.store.Watch(t.Context(), "db"); err != nil {
		t.Fatal(err)
	}
	_, err = r.store.OnRotate("db", func(_ context.Context, rotation secretmux.Rotation) error {
		r.told <- rotation.New.Reveal()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.topic.Shutdown(context.WithoutCancel(t.Context())) })
	return r
}

func (r *rig) run(t *testing.T, src push.Source) (ended chan error) {
	t.Helper()
	ended = make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- push.Run(ctx, r.store, src, push.Options{Within: -1}) }()
	t.Cleanup(cancel)
	return ended
}

func (r *rig) rotate(t *testing.T, value string, m *pubsub.Message) {
	t.Helper()
	version := r.Set("db", value)
	if m == nil {
		m = &pubsub.Message{Body: push.Encode(push.Notice{Name: "db", Version: version, Time: time.Now()})}
	}
	if err := r.topic.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-r.told:
		if got != value {
			t.Errorf("told of %q, want %q", got, value)
		}
	case <-time.After(time.Minute):
		t.Fatal("not told within a minute")
	}
}

// The body and the attributes of a message arrive, and it is acknowledged: the memory
// driver would deliver it again after a moment.
func TestSource(t *testing.T) {
	r := newRig(t)
	sub := mempubsub.NewSubscription(r.topic, time.Minute)
	ended := r.run(t, gocloudpush.Source(sub))
	r.rotate(t, "second", nil)
	r.rotate(t, "third", &pubsub.Message{Metadata: map[string]string{
		"eventType": "SECRET_VERSION_ADD", "secretId": "projects/123/secrets/db", "versionId": "3",
	}})
	if err := sub.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, secretmux.ErrClosed) {
		t.Errorf("Run ended with %v after Shutdown", err)
	}
}

func TestSourceOfNothing(t *testing.T) {
	if err := <-newRig(t).run(t, gocloudpush.Source(nil)); !errors.Is(err, secretmux.ErrClosed) {
		t.Errorf("Run ended with %v", err)
	}
}

// A subscription that has failed is opened again, and so is one that can't be opened yet.
func TestReopen(t *testing.T) {
	r := newRig(t)
	var opened atomic.Int64
	subs := make(chan *pubsub.Subscription, 10)
	r.run(t, gocloudpush.Reopen(func(context.Context) (*pubsub.Subscription, error) {
		switch opened.Add(1) {
		case 1:
			return nil, errors.New("not yet")
		case 2:
			return nil, nil
		}
		sub := mempubsub.NewSubscription(r.topic, time.Minute)
		subs <- sub
		return sub, nil
	}))
	first := <-subs
	r.rotate(t, "second", nil)
	if err := first.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-subs
	r.rotate(t, "third", nil)
}

func TestReopenOfNothing(t *testing.T) {
	if _, err := gocloudpush.Reopen(nil).Receive(t.Context()); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("%v, want ErrInvalid", err)
	}
}
