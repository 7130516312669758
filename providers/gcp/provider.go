package gcp

import (
	"context"

	"github.com/secretmux/secretmux"
)

var (
	_ secretmux.Provider      = (*Provider)(nil)
	_ secretmux.VersionGetter = (*Provider)(nil)
	_ secretmux.Lister        = (*Provider)(nil)
	_ secretmux.Describer     = (*Provider)(nil)
	_ secretmux.Checker       = (*Provider)(nil)
)

// Provider reads secrets from Secret Manager. Make one with [New], and close it after
// use. It is safe for concurrent use and keeps no values. All its calls share one
// connection, which the first call makes.
type Provider struct {
	opts   Options // without the fields that hold credentials: see New
	source string
	conn   *connector
}

// New returns a provider. It does no I/O and reads no credentials. Its errors
// are ErrInvalid; see [Options].
func New(opts Options) (*Provider, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	conn := newConnector(opts)
	// They may hold a token, and a dump by reflection reads whatever p points to.
	opts.Credentials, opts.Client, opts.ClientOptions = nil, nil, nil
	return &Provider{opts: opts, source: opts.uri().String(), conn: conn}, nil
}

// String returns the provider's URI, such as
// gcp-sm://my-project?location=europe-west3. A link with this address opens the same
// place. Credentials, Client and ClientOptions are not in it.
func (p *Provider) String() string { return p.source }

// Get returns the value of the version latest, or of Options.Alias. It makes one
// call. Options.Metadata and the alias latest-enabled cost one more call each.
//
// ErrNotFound means that the secret does not exist or has no version. Secret Manager
// says so only to a caller that may read the secrets of the whole project. For a
// caller that may read only single secrets, Get is ErrDenied. The error is ErrInvalid
// if a NOT_FOUND names another resource than this secret, if Secret Manager can't
// hold the name, if the project does not exist, or if the API is switched off. It is
// ErrDisabled if the version is disabled or destroyed. It is ErrTooLarge if the value
// is over 1 MiB. The package comment describes ErrCorrupt.
//
// Without credentials Get is ErrUnauthenticated. If the network is down, so that
// no token can be asked for, it is ErrUnavailable. A failed login is remembered
// for a second; calls in that second fail with its error. A login takes at most
// three quarters of the time that ctx has left.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.get(ctx, "get", name, p.opts.Alias)
}

func (p *Provider) get(ctx context.Context, op, name, version string) (secretmux.Secret, error) {
	id, err := p.opts.id(name)
	if err != nil {
		return secretmux.Secret{}, err
	}
	a, err := p.read(ctx, id, version)
	if err != nil {
		return secretmux.Secret{}, p.fail(op, name, err)
	}
	return secretmux.NewSecret(a.data, secretmux.Meta{Version: a.version, Created: a.created, Source: p.source}), nil
}

// Close closes the connection; running calls and later calls end with ErrClosed. A
// client from Options.Client stays open. It always returns nil.
func (p *Provider) Close() error {
	p.conn.close()
	return nil
}

// BackendName returns Secret Manager's own name of the secret, without the
// project.
func (p *Provider) BackendName(name string) string {
	id, err := p.opts.id(name)
	if err != nil {
		return ""
	}
	return id
}
