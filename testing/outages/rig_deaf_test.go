package outages_test

import (
	"context"
	"sync"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

// deaf is a backend whose reads of some names ignore their context and go on until
// released, as a read(2) of a mount that hangs does. Its batch call waits for the
// slowest of its names.
type deaf struct {
	*rigs.Backend

	mu      sync.Mutex
	stuck   map[string]bool
	release chan struct{}
}

func newDeaf(pairs ...string) *deaf {
	return &deaf{Backend: rigs.Has("deaf:", pairs...), stuck: map[string]bool{}, release: make(chan struct{})}
}

func (d *deaf) hang(names ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range names {
		d.stuck[name] = true
	}
}

func (d *deaf) wait(name string) {
	d.mu.Lock()
	stuck := d.stuck[name]
	d.mu.Unlock()
	if stuck {
		<-d.release
	}
}

func (d *deaf) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	d.Gets.Add(1)
	d.wait(name)
	return d.Read(ctx, name)
}

func (d *deaf) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	for _, name := range names {
		d.wait(name)
	}
	return d.Backend.GetMany(ctx, names)
}

// unbatched is d without its batch call.
type unbatched struct{ d *deaf }

func (u unbatched) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return u.d.Get(ctx, name)
}
func (u unbatched) Close() error { return u.d.Close() }
