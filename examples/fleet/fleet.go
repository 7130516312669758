package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	natspush "github.com/secretmux/secretmux/adapters/push/nats"
	"github.com/secretmux/secretmux/testing/memory"
)

// fleet has the instances of a service, and their costs.
type fleet struct {
	name    string
	ttl     time.Duration
	backend *memory.Provider
	stores  []*secretmux.Store
	conns   []*nats.Conn
	reads   atomic.Int64

	mu    sync.Mutex
	after []time.Duration // between a rotation and its callback
}

func newFleet(name string, backend *memory.Provider, ttl time.Duration) *fleet {
	return &fleet{name: name, ttl: ttl, backend: backend}
}

// start opens the instances' stores, each of which watches all secrets.
func (f *fleet) start(ctx context.Context, instances int) error {
	for range instances {
		store, err := secretmux.New(secretmux.ProviderFunc(f.read), secretmux.Options{TTL: f.ttl})
		if err != nil {
			return err
		}
		f.stores = append(f.stores, store)
		for _, name := range []string{"db/creds", "api/token", "smtp/password", "session/key"} {
			if _, err := store.Watch(ctx, name); err != nil {
				return err
			}
			if _, err := store.OnRotate(name, f.rotated); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *fleet) read(ctx context.Context, name string) (secretmux.Secret, error) {
	f.reads.Add(1)
	return f.backend.Get(ctx, name)
}

func (f *fleet) rotated(_ context.Context, r secretmux.Rotation) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.after = append(f.after, time.Since(r.New.Created()))
	return nil
}

// listen gives each instance a connection and a subscription of its own, through which it
// learns of rotations.
func (f *fleet) listen(ctx context.Context, s *server, jitter time.Duration) error {
	for _, store := range f.stores {
		nc, err := s.connect()
		if err != nil {
			return err
		}
		f.conns = append(f.conns, nc)
		source, err := natspush.Source(nc, subject)
		if err != nil {
			return err
		}
		if err := nc.Flush(); err != nil { // so that the server has the subscription
			return err
		}
		go func() { _ = push.Run(ctx, store, source, push.Options{Within: jitter}) }()
	}
	return nil
}

// reset sets the costs of the start to zero.
func (f *fleet) reset() { f.reads.Store(0) }

// sum is the result of a fleet.
type sum struct {
	reads        int64
	learned      int
	median, last time.Duration
}

func (f *fleet) sum() sum {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := sum{reads: f.reads.Load(), learned: len(f.after)}
	if len(f.after) > 0 {
		slices.Sort(f.after)
		s.median, s.last = f.after[len(f.after)/2], f.after[len(f.after)-1]
	}
	return s
}

func (f *fleet) close() error {
	var errs []error
	for _, store := range f.stores {
		errs = append(errs, store.Close())
	}
	for _, nc := range f.conns {
		nc.Close()
	}
	return errors.Join(errs...)
}
