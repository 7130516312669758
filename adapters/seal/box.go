package seal

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/secretmux/secretmux"
)

// Options are for what may come; there is nothing to choose yet.
type Options struct{}

// Box seals and opens values with a keyset that follows its secret. Make one with [New].
// It is safe for concurrent use.
type Box struct {
	live  *secretmux.Live
	stop  func()
	state atomic.Pointer[state]
}

// New reads ref, a keyset of Tink for AEAD as JSON or in binary form. A value of another
// kind, a keyset without a primary key or with a key that puts no id into what it seals,
// and a nil store are ErrInvalid; the errors of the read are those of Store.Watch. ctx is
// only for the read. Close the box when done.
func New(ctx context.Context, store *secretmux.Store, ref string, _ Options) (*Box, error) {
	if store == nil {
		return nil, invalid("the store is nil", "check the error of the call that should have made it")
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

	seen secretmux.Secret // the newest keyset that was looked at
	err  error            // why it can't be used; nil when the keys are its own
}

// current is the state for the value that the store has now, so that what was promoted
// seals from the moment at which the store knows it. A value is parsed once.
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

// Seal encrypts plaintext with the primary key and binds it to context, which Open must
// be given again: where the value belongs. The context is not part of the result. Both may
// be empty. An error is ErrInvalid and quotes nothing; it means that the value is too long.
func (b *Box) Seal(plaintext, context []byte) ([]byte, error) {
	sealed, err := b.current().aead.Encrypt(plaintext, context)
	if err != nil {
		return nil, invalid("the value can't be sealed", "it may be too long for the algorithm of the primary key")
	}
	return sealed, nil
}

// Open decrypts what Seal returned for the same context. Where the keyset lacks its key
// the store is asked for a newer one, within ctx. What was changed, belongs to another
// context, or was sealed by a key that no keyset has, is ErrCorrupt; the error of a keyset
// that could not be read has the class of that failure, and nothing is quoted.
func (b *Box) Open(ctx context.Context, sealed, context []byte) ([]byte, error) {
	id, ok := keyOf(sealed)
	if !ok {
		return nil, corrupt("the value is not sealed", "seal it with Seal, or with Tink and a key that has Tink's prefix")
	}
	now := b.current()
	k := now.keys
	if !k.enabled[id] {
		renewed, err := b.renew(ctx, now)
		if err != nil {
			return nil, err
		}
		if k = renewed; !k.enabled[id] {
			return nil, corrupt("no key of the keyset sealed the value", "the key was disabled or lost, or the value is not ours")
		}
	}
	plaintext, err := k.aead.Decrypt(sealed, context)
	if err != nil {
		return nil, corrupt("the value can't be opened", "it was changed, or it was sealed for another context")
	}
	return plaintext, nil
}

// renew looks for a newer keyset. Within the pause after one that brought nothing the
// keys are those that are known.
func (b *Box) renew(ctx context.Context, used *state) (*keys, error) {
	if _, err := b.live.Renew(ctx, used.seen); err != nil {
		return nil, err
	}
	return b.current().keys, nil // a keyset that can't be used shows in Status
}

// Old reports whether sealed is not under the primary key, so that it should be opened and
// sealed anew. It is true for what is not sealed.
func (b *Box) Old(sealed []byte) bool {
	id, ok := keyOf(sealed)
	return !ok || id != b.current().primary
}

// Close ends the watch of the keyset. The box goes on with the last one. It always returns
// nil, and closing twice is harmless.
func (b *Box) Close() error {
	b.stop()
	b.live.Stop()
	return nil
}

func corrupt(problem, hint string) error {
	return &secretmux.Error{Op: "open", Class: secretmux.ErrCorrupt, Err: errors.New(problem), Hint: hint}
}
