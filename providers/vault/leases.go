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
// goroutine. The Get that finds a lease due renews it, so credentials that are no
// longer read run out by themselves.
type leases struct {
	p *Provider

	mu     sync.Mutex
	byName map[string]*entry
	// replaced are leases that were replaced and may still be alive. Close
	// revokes them too: a pool may still use their credentials until then.
	replaced []*lease
}

// entry is the lease of one name. Only the holder of slot may read or change
// lease, so one name is minted once, and a slow name does not block another.
type entry struct {
	slot  chan struct{}
	users int // guarded by leases.mu
	lease *lease
}

func newLeases(p *Provider) *leases { return &leases{p: p, byName: map[string]*entry{}} }

// enter returns the entry of name. The entry stays in the map until leave.
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

// leave removes the entry if it has no lease and no other user. Otherwise each
// absent name that is asked for would stay in memory.
func (l *leases) leave(name string, e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.users--; e.users == 0 && e.lease == nil {
		delete(l.byName, name)
	}
}

// get returns the lease of name. It makes a new one only if there is no lease to
// keep.
func (l *leases) get(ctx context.Context, name string) (secretmux.Secret, error) {
	e := l.enter(name)
	defer l.leave(name, e)
	select {
	case e.slot <- struct{}{}:
		defer func() { <-e.slot }()
	case <-ctx.Done():
		return secretmux.Secret{}, ctx.Err()
	}
	// Check again, because Close may have run while this call waited. Close
	// collects the leases entry by entry, so it would miss one that is made after
	// that.
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
		// The old lease is served during an outage: its last tenth is kept for
		// this.
		if class, _ := classify(err); state == ending && transient(class) && time.Now().Before(e.lease.ends) {
			return l.secret(e.lease)
		}
		return secretmux.Secret{}, err
	}
	l.p.mount.saw(name, "")
	l.replace(e, made)
	return l.secret(made)
}

// replace stores a new lease. The old one lives on, because its credentials may
// still be in use. An answer without a lease is not stored.
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
		meta.Expires = s.ends // a lease ends with its token
	} else if !x.id.IsZero() {
		meta.Expires = x.ends
	}
	return l.p.secret(x.doc.Bytes(), meta)
}

// drain returns the leases that are alive. It is called after the provider was
// closed, so no new ones are made. It waits for those that are being made.
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

// revoke ends all leases. One failure does not stop it; the first one is
// returned.
func (l *leases) revoke(ctx context.Context, all []*lease, s *session) error {
	var first error
	for _, x := range all {
		if err := l.end(ctx, x, s); err != nil && first == nil {
			first = err
		}
	}
	return first
}
