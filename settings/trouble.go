package settings

import (
	"context"

	"github.com/secretmux/secretmux"
)

// Err returns why the last reload failed, and nil when it did not or when the
// store holds again what the struct was built from. It does not wait.
func (c *Current[T]) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil && c.restoredLocked() {
		c.err = nil
	}
	return c.err
}

// restoredLocked reports whether the secrets are those that the struct was built
// from. The store tells nobody that a value went and came back before its
// callback succeeded.
func (c *Current[T]) restoredLocked() bool {
	for i, built := range c.state.Load().reading.docs {
		if built.secret.IsZero() {
			continue
		}
		if c.lives == nil || c.lives[i] == nil || !c.lives[i].Current().Equal(built.secret) {
			return false
		}
	}
	return true
}

// watch makes a Live of each document that was just read, so that Err can tell
// how things stand without waiting.
func (c *Current[T]) watch(ctx context.Context, r *reading) {
	c.mu.Lock()
	if c.lives == nil {
		c.lives = make([]*secretmux.Live, len(c.plan.documents))
	}
	lives := c.lives // its elements change here alone, under c.reloading
	c.mu.Unlock()
	for i, d := range r.docs {
		if d.secret.IsZero() || lives[i] != nil {
			continue
		}
		live, err := c.store.Watch(ctx, c.plan.documents[i])
		if err != nil {
			continue // Err goes on to return the last error
		}
		c.mu.Lock()
		lives[i] = live
		stopped := c.stopped
		c.mu.Unlock()
		if stopped {
			live.Stop()
		}
	}
}

func (c *Current[T]) unwatch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, live := range c.lives {
		if live != nil {
			live.Stop()
		}
	}
}
