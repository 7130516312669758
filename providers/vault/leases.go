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
//
// The invariant: for each name, at most one lease is served, and every other lease
// that may be alive is in replaced until its end. So Close can revoke everything
// that this provider has made.
type leases struct {
	p *Provider

	mu     sync.Mutex
	byName map[string]*entry
	// replaced are leases that were replaced and may still be alive. Close revokes
	// them too: a pool may use their credentials until then. They are not revoked
	// at the replacement, because that would cut the pool's open connections.
	replaced []*lease
}

// entry is the lease of one name. Only the holder of slot may read or change lease,
// so one name is minted once, and a slow name does not block another. slot is a
// channel, because a reader must be able to give up the wait when its context ends.
type entry struct {
	slot  chan struct{}
	users int // guarded by leases.mu
	lease *lease
}

func newLeases(p *Provider) *leases { return &leases{p: p, byName: map[string]*entry{}} }

// enter returns the entry of name. The entry stays in the map until leave: two
// callers with two entries for one name would mint twice.
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
// absent name that is asked for would stay in memory, and a caller that makes up
// names could fill it.
func (l *leases) leave(name string, e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.users--; e.users == 0 && e.lease == nil {
		delete(l.byName, name)
	}
}

// get returns the lease of name. It makes a new one only if there is no lease to
// keep.
//
// The name's slot is held for the whole call, so a thousand readers of a new name
// make one lease. The readers that waited find it good and return it.
func (l *leases) get(ctx context.Context, name string) (secretmux.Secret, error) {
	e := l.enter(name)
	defer l.leave(name, e)
	select {
	case e.slot <- struct{}{}:
		defer func() { <-e.slot }()
	case <-ctx.Done():
		return secretmux.Secret{}, ctx.Err()
	}
	// Check again, because Close may have run while this call waited. Close collects the leases
	// entry by entry, so it would miss a lease that is made after that, and nobody could revoke
	// it.
	if l.p.closed.Load() {
		return secretmux.Secret{}, errClosed
	}
	state, err := l.judge(ctx, e.lease)
	if err != nil {
		return secretmux.Secret{}, err
	}
	// An ending lease is not good enough: new credentials are tried first, while
	// the old ones can still take their place.
	if state == good {
		return l.secret(e.lease)
	}
	made, err := l.mint(ctx, name)
	if errors.Is(err, errAbsent) {
		err = l.p.mount.absent(ctx, name, "")
	}
	if err != nil {
		// The old lease is served during an outage: its last tenth is kept for this.
		// A refusal is not an outage. If a policy no longer allows these credentials,
		// the reader must learn it now.
		if class, _ := classify(err); state == ending && transient(class) && time.Now().Before(e.lease.ends) {
			return l.secret(e.lease)
		}
		return secretmux.Secret{}, err
	}
	// Credentials prove nothing about the mount beyond this answer, but this name
	// is now known to exist. Its later absence needs a new proof.
	l.p.mount.saw(name, "")
	l.replace(e, made)
	return l.secret(made)
}

// replace stores a new lease. The old one lives on, because its credentials may
// still be in use. An answer without a lease is not stored: there is nothing to
// keep alive, and the next read must ask again.
func (l *leases) replace(e *entry, made *lease) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	// Leases that have ended are dropped at each replacement. So the list holds only leases that
	// may be alive, however long the process runs.
	l.replaced = slices.DeleteFunc(l.replaced, func(x *lease) bool { return !now.Before(x.ends) })
	if e.lease != nil && now.Before(e.lease.ends) {
		l.replaced = append(l.replaced, e.lease)
	}
	e.lease = made
	if made.id.IsZero() {
		e.lease = nil
	}
}

// secret makes the Secret of a lease. Expires is the earlier end of lease and
// token, so a store reads again before either is over. Without the token's end, a
// store could hold credentials that the server has revoked together with their
// token.
func (l *leases) secret(x *lease) (secretmux.Secret, error) {
	meta := x.meta
	// A static role has no id and keeps the end that unleased computed from its
	// ttl. A token that was given has no known end.
	if s := l.p.auth.get(); !x.id.IsZero() && s != nil && s.token.Equal(x.token) && !s.ends.IsZero() && s.ends.Before(x.ends) {
		meta.Expires = s.ends // a lease ends with its token
	} else if !x.id.IsZero() {
		meta.Expires = x.ends
	}
	return l.p.secret(x.doc.Bytes(), meta)
}

// drain returns the leases that are alive. It is called after the provider was
// closed, so no new ones are made. It waits for those that are being made, because
// their answers hold the only ids to revoke them with.
func (l *leases) drain(ctx context.Context) []*lease {
	// The map is copied first. A holder of a slot may need mu to finish, so waiting
	// for slots under mu could deadlock.
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

// revoke ends all leases. One failure does not stop it: each lease that is left
// gives access to a database until its end. The first failure is returned.
func (l *leases) revoke(ctx context.Context, all []*lease, s *session) error {
	var first error
	for _, x := range all {
		if err := l.end(ctx, x, s); err != nil && first == nil {
			first = err
		}
	}
	return first
}
