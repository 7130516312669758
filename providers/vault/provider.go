package vault

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux"
)

var (
	_ secretmux.Provider      = (*Provider)(nil)
	_ secretmux.VersionGetter = (*Provider)(nil)
	_ secretmux.Lister        = (*Provider)(nil)
	_ secretmux.Describer     = (*Provider)(nil)
	_ secretmux.Checker       = (*Provider)(nil)
)

// Provider reads the secrets of one mount. Make one with [New], and close it after
// use. It is safe for concurrent use. It keeps a token and the leases of dynamic
// secrets; it keeps no other values. A cache belongs to the store, which knows how
// long a value may be kept.
type Provider struct {
	opts   Options
	source string
	client *client
	auth   *authenticator
	leases *leases
	closed atomic.Bool
	mount  *mount
}

// New returns a provider. It reads no file and makes no call, so a service can
// start while the server is down. Its errors are ErrInvalid: see [Options].
func New(opts Options) (*Provider, error) { return newProvider(opts, nil) }

// newProvider makes the provider of a link. u is nil if there is no link. A link's
// own URI is kept as the address, so that errors show the link as it was written.
func newProvider(opts Options, u *secretmux.URI) (*Provider, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	if u == nil {
		u = opts.place()
	}
	c := newClient(opts)
	opts.Transport = nil // the client has it, where no printer finds it
	p := &Provider{
		opts: opts, source: opts.address(u).String(), client: c,
		auth: &authenticator{opts: opts, client: c, flight: newFlight()},
	}
	p.leases = newLeases(p)
	p.mount = newMount(p.lookAtMount)
	return p, nil
}

// String returns the provider's address, which opens the same place with the same
// login. A Transport, a LookupEnv and a credential from a function are not in it.
func (p *Provider) String() string { return p.source }

// BackendName returns Vault's own name of the secret: its logical path, with the
// mount and the folder, as in kv/app/db.
func (p *Provider) BackendName(name string) string { return p.below("", name) }

// Retries reports whether a link may try a failed read a second time. It is false
// if reads make credentials: the answer that was lost may have made some already,
// and nobody knows their lease.
func (p *Provider) Retries() bool { return !p.opts.Dynamic }

// Get returns the current version of a secret, or its live lease. The package
// comment says which failure has which class.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.read(ctx, "get", name, "")
}

// read is the one way to a value. The mount is doubted here and not in each reader,
// so that no new reader can forget it.
func (p *Provider) read(ctx context.Context, op, name, version string) (secretmux.Secret, error) {
	err := p.admit(ctx, name)
	var s secretmux.Secret
	if err == nil {
		switch {
		case p.opts.Dynamic:
			s, err = p.leases.get(ctx, name)
		case p.opts.KV == 1:
			s, err = p.readV1(ctx, name)
		default:
			s, err = p.readV2(ctx, name, version)
		}
	}
	if err != nil {
		p.mount.doubt(err)
		return secretmux.Secret{}, p.fail(op, name, err)
	}
	return s, nil
}

// admit returns the error of a call that must not be tried at all. A bad name is
// reported even after Close: it is the caller's mistake in either case.
func (p *Provider) admit(ctx context.Context, name string) error {
	switch err := validateName(name); {
	case err != nil:
		return err
	case p.closed.Load():
		return errClosed
	}
	return ctx.Err()
}

// do makes a call in the namespace of the secrets. If the call is refused because
// of the token, do tries it once more with another token. It returns the session
// that got the answer, because a lease belongs to the token that made it.
//
// There is one second try and no third. The new token comes from a login a moment
// ago, so a further refusal is a policy's.
func (p *Provider) do(ctx context.Context, r request) (answer, *session, error) {
	s, err := p.auth.session(ctx)
	if err != nil {
		return answer{}, nil, err
	}
	a, err := p.client.send(ctx, s.token, r)
	if err != nil || !p.auth.refuses(a) {
		return a, s, err
	}
	// Vault answers 403 to a bad token and also if a policy denies. Only the second
	// must reach the caller as ErrDenied.
	next, err := p.auth.reconsider(ctx, s)
	if err != nil {
		return answer{}, nil, err
	}
	if next.token.Equal(s.token) {
		return a, s, nil // the token is good, so a policy denies
	}
	a, err = p.client.send(ctx, next.token, r)
	if err == nil && a.status == http.StatusForbidden {
		p.auth.refusedAgain(ctx, next)
	}
	return a, next, err
}

// secret makes a Secret from a document, or from the one field of it that field=
// names.
func (p *Provider) secret(doc []byte, meta secretmux.Meta) (secretmux.Secret, error) {
	meta.Source = p.source
	s := secretmux.NewSecret(doc, meta)
	if p.opts.Field == "" {
		return s, nil
	}
	field, err := s.Field(p.opts.Field)
	if err != nil {
		return secretmux.Secret{}, errNoField // not ErrNotFound, which would let a chain go on to an older value: the secret exists
	}
	return field, nil
}

// closeTimeout limits the calls that revoke the token and the leases. A program
// that ends must not wait for a server that is down; anything that could not be
// revoked ends by itself.
const closeTimeout = 5 * time.Second

// Close revokes the token of a login and the leases, within five seconds, and
// closes idle connections. It returns an error if something could not be revoked.
// Such a token or lease ends by itself when its time is over. Later calls fail with
// ErrClosed. A second Close does nothing.
func (p *Provider) Close() error {
	if p.closed.Swap(true) {
		return nil
	}
	// closed is set before anything is revoked: a read that began later would log
	// in again and leave a token behind.
	defer p.client.close()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := p.revokeAll(ctx); err != nil {
		if ctx.Err() != nil {
			// A deadline would look like the caller's context, and Close has none.
			err = errLost
		}
		return p.fail("close", "", err)
	}
	return nil
}

// revokeAll revokes the token, which also ends its leases: one call is enough,
// however many there are. It revokes the leases one by one only if the token is not
// ours to end, or if its revocation failed.
//
// The order matters. First the leases that are being made are waited for, then the
// login that is running. Otherwise either could come to life after everything else
// was revoked.
func (p *Provider) revokeAll(ctx context.Context) error {
	leases := p.leases.drain(ctx)
	p.auth.flight.end(ctx) // a login that is still running makes a token too
	s := p.auth.get()
	now := time.Now()
	if s.alive(now) && s.made {
		err := p.auth.revoke(ctx, s)
		if err == nil {
			return nil // the leases ended with the token
		}
		if len(leases) == 0 {
			return err
		}
	}
	return p.leases.revoke(ctx, leases, s)
}
