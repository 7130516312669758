package settings

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/secretmux/secretmux"
)

// Change is one struct and the struct that replaces it.
type Change[T any] struct {
	// Old is the struct of the last call that succeeded. Before that, it is the struct
	// that was current when the callback was registered. New is the current struct.
	// Don't change Old or New.
	Old, New *T
	// Fields are the paths of the fields whose values differ, such as DB.Password, in the
	// order of the struct. It is never empty.
	Fields []string
}

const (
	changeTimeout = time.Minute // how long the ctx of a callback lasts
	retryFirst    = time.Second
	retryLimit    = time.Minute
)

// OnChange calls fn after each reload that changed a field. It does not call fn for the
// first struct. If several reloads come while fn runs, fn gets them as one change. Calls
// run one at a time and in order, even those of several callbacks. No lock is held, so fn
// may use the Live and the store, even Refresh, Stop and Close. A slow fn does not delay
// readers or reloads. The ctx of a call ends after a minute and at Stop. If fn returns an
// error or panics, it is called again with back-off. It then gets the struct that is
// current at that time. Until fn succeeds, Err says that it failed, without fn's own error.
//
// After stop no call begins. stop does not wait for a running call. If fn is nil, the
// error is ErrInvalid. If the Live was stopped, the error is ErrClosed. In both cases stop
// is nil.
func (l *Live[T]) OnChange(fn func(context.Context, Change[T]) error) (stop func(), err error) {
	if fn == nil {
		return nil, secretmux.Invalid("on change", "the callback is nil", "pass a function")
	}
	return l.changes.subscribe(fn)
}

// changes tells subscribers about new structs. One goroutine does that, and it runs
// only while there is news. A callback may call every method of the Live, because no
// call waits for the goroutine.
type changes[T any] struct {
	live *Live[T]

	mu          sync.Mutex
	subscribers []*subscriber[T]
	busy        bool // a goroutine is delivering
	closed      bool
	cancel      context.CancelFunc // ends the running call
}

type subscriber[T any] struct {
	call     func(context.Context, Change[T]) error
	told     *state[T] // the struct of the callback's last call
	err      error     // the error of its last call
	failures int
	retry    *time.Timer // set while it waits for its next try
	gone     bool
}

func (c *changes[T]) subscribe(call func(context.Context, Change[T]) error) (stop func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, &secretmux.Error{Op: "on change", Class: secretmux.ErrClosed, Err: errors.New("the Live was stopped")}
	}
	s := &subscriber[T]{call: call, told: c.live.state.Load()}
	c.subscribers = append(c.subscribers, s)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		s.end()
		c.subscribers = slices.DeleteFunc(slices.Clone(c.subscribers), func(other *subscriber[T]) bool { return other == s })
	}, nil
}

func (s *subscriber[T]) end() {
	s.gone = true
	if s.retry != nil {
		s.retry.Stop()
	}
}

// wake makes sure that the subscribers are told about the current struct. Only
// one goroutine delivers; if it is running, it also delivers this change.
func (c *changes[T]) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.busy && !c.closed && len(c.subscribers) > 0 {
		c.busy = true
		go c.deliver()
	}
}

func (c *changes[T]) deliver() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closed {
		current := c.live.state.Load()
		i := slices.IndexFunc(c.subscribers, func(s *subscriber[T]) bool { return s.told != current && s.retry == nil })
		if i < 0 {
			break
		}
		c.tellLocked(c.subscribers[i], current)
	}
	c.busy = false
}

// tellLocked makes one call. It releases the lock during the call.
func (c *changes[T]) tellLocked(s *subscriber[T], current *state[T]) {
	change := Change[T]{Old: &s.told.value, New: &current.value, Fields: s.told.reading.changed(current.reading)}
	if len(change.Fields) == 0 {
		s.told, s.err, s.failures = current, nil, 0
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), changeTimeout)
	c.cancel = cancel
	c.mu.Unlock()
	err := invoke(ctx, s.call, change)
	cancel()
	c.mu.Lock()
	if s.err = err; err == nil {
		s.told, s.failures = current, 0
		return
	}
	if s.gone || c.closed {
		return
	}
	s.failures++
	s.retry = time.AfterFunc(backoff(s.failures), func() {
		c.mu.Lock()
		s.retry = nil
		c.mu.Unlock()
		c.wake()
	})
}

// invoke calls a callback. The value of a panic and the text of an error are left
// out, because they may hold a secret.
func invoke[T any](ctx context.Context, call func(context.Context, Change[T]) error, change Change[T]) (err error) {
	defer func() {
		if recover() != nil {
			err = &secretmux.Error{Op: "on change", Err: errors.New("the callback panicked"), Hint: "correct the callback; it is called again with back-off"}
		}
	}()
	if call(ctx, change) != nil {
		return &secretmux.Error{Op: "on change", Err: errors.New("the callback returned an error"), Hint: "correct the callback; it is called again with back-off"}
	}
	return nil
}

// backoff doubles from a second to a minute. The second half of each pause is random.
func backoff(failures int) time.Duration {
	pause := min(retryFirst<<min(failures-1, 10), retryLimit)
	return pause/2 + rand.N(pause/2+1) //nolint:gosec // jitter needs no secrecy
}

func (c *changes[T]) errs() []error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, s := range c.subscribers {
		errs = append(errs, s.err)
	}
	return errs
}

func (c *changes[T]) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.cancel != nil {
		c.cancel()
	}
	for _, s := range c.subscribers {
		s.end()
	}
}
