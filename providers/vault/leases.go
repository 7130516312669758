package vault

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/secretmux/secretmux"
)

// leases holds the one live lease of each name of a dynamic engine. It has no
// goroutine: a lease is renewed by the Get that finds it due, so that nothing
// keeps credentials alive that nobody uses.
type leases struct {
	p *Provider

	mu     sync.Mutex
	byName map[string]*entry
	// replaced are leases that may be alive although another one is served.
	replaced []*lease
}

// entry is the lease of one name. Whoever holds its slot may read and change
// lease.
type entry struct {
	slot  chan struct{}
	users int // guarded by leases.mu
	lease *lease
}

func newLeases(p *Provider) *leases { return &leases{p: p, byName: map[string]*entry{}} }

// enter returns the entry of name and keeps it in place until leave.
func (l *leases) enter(name string) *entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byName[name]
	if e == nil {
		e = &entry{slot: make(chan struct{}, 1)}
		l.byName[name] = e
	}
	e.users++
	return e
}

// leave forgets names without a lease: absent ones must not fill the memory.
func (l *leases) leave(name string, e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.users--; e.users == 0 && e.lease == nil {
		delete(l.byName, name)
	}
}

// get returns the lease of name, and makes one only if there is none to keep.
func (l *leases) get(ctx context.Context, name string) (secretmux.Secret, error) {
	e := l.enter(name)
	defer l.leave(name, e)
	select {
	case e.slot <- struct{}{}:
		defer func() { <-e.slot }()
	case <-ctx.Done():
		return secretmux.Secret{}, ctx.Err()
	}
	// Again, as Close may have come while this waited: it collects the leases entry
	// by entry, and one made after that would stay.
	if l.p.closed.Load() {
		return secretmux.Secret{}, errClosed
	}
	state, err := l.judge(ctx, e.lease)
	if err != nil {
		return secretmux.Secret{}, err
	}
	if state == good {
		return l.secret(e.lease)
	}
	made, err := l.mint(ctx, name)
	if errors.Is(err, errAbsent) {
		err = l.p.mount.absent(ctx, name, "")
	}
	if err != nil {
		// The old one has its last tenth for this.
		if class, _ := classify(err); state == ending && transient(class) && time.Now().Before(e.lease.ends) {
			return l.secret(e.lease)
		}
		return secretmux.Secret{}, err
	}
	l.p.mount.saw(name, "")
	l.replace(e, made)
	return l.secret(made)
}

// replace puts a new lease in the place of the old one, which lives on for those
// who still use it. An answer without a lease is not kept.
func (l *leases) replace(e *entry, made *lease) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.replaced = slices.DeleteFunc(l.replaced, func(x *lease) bool { return !now.Before(x.ends) })
	if e.lease != nil && now.Before(e.lease.ends) {
		l.replaced = append(l.replaced, e.lease)
	}
	e.lease = made
	if made.id.IsZero() {
		e.lease = nil
	}
}

func (l *leases) secret(x *lease) (secretmux.Secret, error) {
	meta := x.meta
	if s := l.p.auth.get(); !x.id.IsZero() && s != nil && s.token.Equal(x.token) && !s.ends.IsZero() && s.ends.Before(x.ends) {
		meta.Expires = s.ends // leases end with their token
	} else if !x.id.IsZero() {
		meta.Expires = x.ends
	}
	return l.p.secret(x.doc.Bytes(), meta)
}

// drain returns the leases that are alive. The provider is closed, so that no new
// ones are made; those under way are waited for.
func (l *leases) drain(ctx context.Context) []*lease {
	l.mu.Lock()
	entries := make([]*entry, 0, len(l.byName))
	for _, e := range l.byName {
		entries = append(entries, e)
	}
	l.mu.Unlock()
	var all []*lease
	for _, e := range entries {
		select {
		case e.slot <- struct{}{}:
			if e.lease != nil {
				all = append(all, e.lease)
			}
			<-e.slot
		case <-ctx.Done():
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	return slices.DeleteFunc(append(all, l.replaced...), func(x *lease) bool { return !now.Before(x.ends) })
}

// revoke ends leases. It tries all of them and returns the first failure.
func (l *leases) revoke(ctx context.Context, all []*lease, s *session) error {
	var first error
	for _, x := range all {
		if err := l.end(ctx, x, s); err != nil && first == nil {
			first = err
		}
	}
	return first
}
