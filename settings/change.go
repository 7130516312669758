package settings

import (
	"slices"
	"sync"
)

// Change is one struct in the place of another.
type Change[T any] struct {
	// Old and New are what Get returned before and what it returns now. Like
	// those, they are not to be changed.
	Old, New *T
	// Fields are the paths of the fields whose secrets have another content, such
	// as DB.Password, in the order of the struct. It is never empty.
	Fields []string
}

// OnChange has fn called after each reload that changed a field, and never for
// the first struct. Calls run one at a time and in order, on the goroutine of
// whichever reload is first to make them, with no lock held: fn may use the
// Current and the store, Refresh and Close too. A slow fn delays no reader, but it
// delays the next reload that the same secret causes. A panic in fn ends that call
// alone; it is swallowed, as its value may hold a secret.
//
// stop ends it: no call begins afterwards. A nil fn is never called.
func (c *Current[T]) OnChange(fn func(Change[T])) (stop func()) {
	if fn == nil {
		return func() {}
	}
	return c.notices.subscribe(fn)
}

// notices are the changes that are yet to be told.
type notices[T any] struct {
	mu          sync.Mutex
	subscribers []*subscriber[T]
	queue       []notice[T]
	busy        bool // somebody delivers
	closed      bool
}

type subscriber[T any] struct {
	call func(Change[T])
	gone bool // guarded by notices.mu
}

// notice is a change for one subscriber.
type notice[T any] struct {
	to     *subscriber[T]
	change Change[T]
}

func (n *notices[T]) subscribe(call func(Change[T])) (stop func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := &subscriber[T]{call: call}
	n.subscribers = append(n.subscribers, s)
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		s.gone = true
		n.subscribers = slices.DeleteFunc(n.subscribers, func(other *subscriber[T]) bool { return other == s })
	}
}

func (n *notices[T]) add(change Change[T]) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.subscribers {
		own := change
		own.Fields = slices.Clone(change.Fields)
		n.queue = append(n.queue, notice[T]{to: s, change: own})
	}
}

func (n *notices[T]) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed, n.queue = true, nil
}

// deliver makes the calls that are due, unless someone is at it: also where the
// one who is at it is further up the stack.
func (n *notices[T]) deliver() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.busy {
		return
	}
	n.busy = true
	for len(n.queue) > 0 {
		next := n.queue[0]
		n.queue = n.queue[1:]
		if next.to.gone || n.closed {
			continue
		}
		n.tellLocked(next)
	}
	n.busy = false
}

// tellLocked makes one call. It gives up the lock meanwhile.
func (n *notices[T]) tellLocked(next notice[T]) {
	n.mu.Unlock()
	defer n.mu.Lock()
	defer func() { _ = recover() }()
	next.to.call(next.change)
}
