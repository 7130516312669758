package dbsql

import (
	"context"
	"errors"
	"sync"

	"github.com/secretmux/secretmux"
)

// Login is the part of a [Connector] that does not depend on database/sql. It logs a
// client in with the newest value of a secret, tries a refused login again, and starts
// to use a new value when there is one. Use it for a client with a login of its own,
// such as another kind of pool. It is safe for concurrent use. Make one with
// [NewLogin].
type Login struct {
	live *secretmux.Live
	use  func(context.Context, secretmux.Secret) error
	opts Options
	stop func() // ends the OnRotate
	done context.Context
	end  context.CancelFunc

	adopting chan struct{} // holds a token while use runs
	counters counters

	mu      sync.Mutex
	secret  secretmux.Secret // the value in use
	spurned *spurned         // the newest value, if use did not accept it
	refusal refusal
	news    chan struct{} // closed when a try makes sense again: there is another value, or a login worked
}

// spurned is a value that use did not accept.
type spurned struct {
	secret secretmux.Secret
	err    error
}

// NewLogin reads ref now and calls use with its value. It returns the errors of both.
// Later it calls use with each new value, one call at a time: at each change of the
// secret's content, or before a login if that comes first. use may be nil.
//
// If use returns an error or panics, the previous value stays in use, and use is called
// again with back-off. [secretmux.Store.Status] and Check report it. The text of its
// error is left out, because a parser may quote its input. A *[secretmux.Error], such
// as the one from [secretmux.Secret.Field], is kept. use must return when its ctx ends.
//
// ctx is only for the first read. Errors are *secretmux.Error: ErrInvalid for a nil
// store, bad options and a value that use does not accept. Other errors come from
// [secretmux.Store.Watch]. Close the Login at the end.
func NewLogin(
	ctx context.Context, store *secretmux.Store, ref string, use func(ctx context.Context, s secretmux.Secret) error, o Options,
) (*Login, error) {
	if store == nil {
		return nil, secretmux.Invalid("new login", "the store is nil", "check the error of the call that opens the store")
	}
	if err := o.check("new login"); err != nil {
		return nil, err
	}
	live, err := store.Watch(ctx, ref)
	if err != nil {
		return nil, err
	}
	l := &Login{live: live, use: use, opts: o, adopting: make(chan struct{}, 1), news: make(chan struct{})}
	l.done, l.end = context.WithCancel(context.WithoutCancel(ctx))
	l.stop, err = store.OnRotate(ref, func(ctx context.Context, _ secretmux.Rotation) error { return l.adopt(ctx) })
	if err != nil {
		l.stop = func() {}
	} else {
		err = l.adopt(ctx)
	}
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

// Close ends the watch of the secret, and the logins that wait for a newer value.
// Connections that are logged in stay logged in. A second Close does nothing. The error
// is always nil.
func (l *Login) Close() error {
	l.end()
	l.stop()
	l.live.Stop()
	return nil
}

// Stats returns the counts so far.
func (l *Login) Stats() Stats { return l.counters.stats() }

// current returns the newest value, and starts to use it if that has not happened yet.
// If the newest value can't be used, the result is the previous one.
func (l *Login) current(ctx context.Context) (secretmux.Secret, error) {
	if l.done.Err() != nil {
		return secretmux.Secret{}, closedError(l.live.Ref())
	}
	newest := l.live.Current()
	l.mu.Lock()
	used, spurned := l.secret, l.spurned
	l.mu.Unlock()
	switch {
	case used.Equal(newest):
		return newest, nil // which may have a later end
	case spurned != nil && spurned.secret.Equal(newest):
		return used, nil // the rotation callback tries it again
	}
	if err := l.adopt(ctx); err != nil {
		if ctx.Err() != nil {
			return secretmux.Secret{}, contextError(l.live.Ref(), ctx.Err(), "")
		}
		return used, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.secret, nil
}

// adopt starts to use the newest value. It is also the rotation callback, so its error
// shows in the store's Status.
func (l *Login) adopt(ctx context.Context) error {
	select {
	case l.adopting <- struct{}{}:
		defer func() { <-l.adopting }()
	case <-ctx.Done():
		return contextError(l.live.Ref(), ctx.Err(), "")
	}
	newest := l.live.Current() // read again, because another caller may have been faster
	l.mu.Lock()
	same := l.secret.Equal(newest) && !l.secret.IsZero()
	l.mu.Unlock()
	if same {
		return nil
	}
	err := callUse(ctx, l.live.Ref(), l.use, newest)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		if ctx.Err() == nil {
			l.spurned = &spurned{newest, err}
		}
		return err
	}
	l.secret, l.spurned, l.refusal = newest, nil, refusal{}
	l.tellLocked()
	return nil
}

// callUse calls use and replaces its error.
func callUse(ctx context.Context, ref string, use func(context.Context, secretmux.Secret) error, s secretmux.Secret) (err error) {
	if use == nil {
		return nil
	}
	defer func() {
		if recover() != nil {
			err = unusableError(ref, "the function that makes a login from the value panicked", nil)
		}
	}()
	err = use(ctx, s)
	known, ours := err.(*secretmux.Error) //nolint:errorlint // what wraps one has a text of its own
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return contextError(ref, ctx.Err(), "")
	case ours:
		return unusableError(ref, "", known)
	default:
		return unusableError(ref, "the function that makes a login from the value returned an error", nil)
	}
}

// tellLocked wakes all waiting callers.
func (l *Login) tellLocked() {
	close(l.news)
	l.news = make(chan struct{})
}
