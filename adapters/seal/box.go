package seal

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/secretmux/secretmux"
)

// Options are for later versions. They have no fields yet.
type Options struct{}

// Box seals and opens values with a keyset that follows its secret. Make one with [New].
// It is safe for concurrent use.
type Box struct {
	live  *secretmux.Live
	stop  func()
	state atomic.Pointer[state]
}

// New reads ref, a keyset of Tink for AEAD as JSON or in binary form. The error is
// ErrInvalid for a value of another kind, for a keyset without a primary key, for a
// keyset with a key that does not put its id into sealed values, and for a nil store.
// The errors of the read come from Store.Watch. ctx is only for the read. Close the box
// after use.
func New(ctx context.Context, store *secretmux.Store, ref string, _ Options) (*Box, error) {
	if store == nil {
		return nil, invalid("the store is nil", "check the error of the call that opens the store")
	}
	b := &Box{}
	var err error
	if b.live, err = store.Watch(ctx, ref); err != nil {
		return nil, err
	}
	first, err := parse(b.live.Current())
	if err != nil {
		b.live.Stop()
		return nil, err
	}
	b.state.Store(&state{keys: first, seen: first.secret})
	b.stop, err = store.OnRotate(ref, func(context.Context, secretmux.Rotation) error {
		return b.current().err
	})
	if err != nil {
		b.live.Stop()
		return nil, err
	}
	return b, nil
}

// state is the newest keyset that can be used. It is replaced, never changed.
type state struct {
	*keys

	seen secretmux.Secret // the newest keyset that was checked
	err  error            // why it can't be used; nil if the keys come from it
}

// current is the state for the present value of the store, so that a promoted key seals
// from the moment at which the store knows it. A value is parsed once.
func (b *Box) current() *state {
	for {
		have, now := b.state.Load(), b.live.Current()
		if have.seen.Equal(now) {
			return have
		}
		next := &state{seen: now}
		if next.keys, next.err = parse(now); next.err != nil {
			next.keys = have.keys
		}
		if b.state.CompareAndSwap(have, next) {
			return next
		}
	}
}

// Seal encrypts plaintext with the primary key and binds it to context, which is the
// place that the value belongs to. Open needs the same context. The context is not part
// of the result. Both may be empty. An error is ErrInvalid and quotes nothing. It means
// that the value is too long.
func (b *Box) Seal(plaintext, context []byte) ([]byte, error) {
	sealed, err := b.current().aead.Encrypt(plaintext, context)
	if err != nil {
		return nil, invalid("the value can't be sealed", "make the value shorter: it may be too long for the algorithm of the primary key")
	}
	return sealed, nil
}

// Open decrypts a value that Seal returned for the same context. If the keyset lacks
// its key, Open asks the store for a newer keyset, within ctx. The error is ErrCorrupt
// if the value was changed, if it was sealed for another context, or if no keyset has
// its key. If a keyset could not be read, the error has the class of that failure.
// Errors quote nothing.
func (b *Box) Open(ctx context.Context, sealed, context []byte) ([]byte, error) {
	id, ok := keyOf(sealed)
	if !ok {
		return nil, corrupt("the value is not sealed", "seal the value with Seal, or with Tink and a key that has Tink's prefix")
	}
	now := b.current()
	k := now.keys
	if !k.enabled[id] {
		renewed, err := b.renew(ctx, now)
		if err != nil {
			return nil, err
		}
		if k = renewed; !k.enabled[id] {
			return nil, corrupt("no key of the keyset sealed the value", "enable or restore the key, unless the value is not ours")
		}
	}
	plaintext, err := k.aead.Decrypt(sealed, context)
	if err != nil {
		return nil, corrupt("the value can't be opened", "give the context that the value was sealed for; otherwise the value was changed")
	}
	return plaintext, nil
}

// renew looks for a newer keyset. A look that finds nothing is followed by a pause.
// During the pause renew returns the known keys.
func (b *Box) renew(ctx context.Context, used *state) (*keys, error) {
	if _, err := b.live.Renew(ctx, used.seen); err != nil {
		return nil, err
	}
	return b.current().keys, nil // a keyset that can't be used shows in Status
}

// Old reports whether another key than the primary sealed the value, so that it should
// be opened and sealed anew. It is true for a value that is not sealed.
func (b *Box) Old(sealed []byte) bool {
	id, ok := keyOf(sealed)
	return !ok || id != b.current().primary
}

// Close ends the watch of the keyset. The box keeps using the last keyset. It always
// returns nil, and a second Close does nothing.
func (b *Box) Close() error {
	b.stop()
	b.live.Stop()
	return nil
}

func corrupt(problem, hint string) error {
	return &secretmux.Error{Op: "open", Class: secretmux.ErrCorrupt, Err: errors.New(problem), Hint: hint}
}
