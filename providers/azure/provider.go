package azure

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

var (
	_ secretmux.Provider      = (*Provider)(nil)
	_ secretmux.VersionGetter = (*Provider)(nil)
	_ secretmux.Lister        = (*Provider)(nil)
	_ secretmux.Checker       = (*Provider)(nil)
)

// Provider reads the secrets of one vault. Make one with [New], and close it
// after use. It is safe for concurrent use and keeps no values.
type Provider struct {
	opts   Options // without the fields that hold credentials: see New
	names  mapping
	source string
	conn   *connector
	claims secretmux.Claims
}

// New returns a provider. It does no I/O and reads no credentials. Its errors are
// ErrInvalid; see [Options].
func New(opts Options) (*Provider, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	conn := newConnector(opts)
	// They may hold a token, and a dump by reflection reads whatever p points to.
	opts.TokenCredential, opts.HTTPClient = nil, nil
	names := mapping{prefix: opts.Prefix, separator: opts.Separator}
	return &Provider{opts: opts, names: names, source: opts.uri().String(), conn: conn}, nil
}

// String returns the provider's URI, such as azure-kv://my-vault?prefix=shop-. A
// link with this address opens the same place. TokenCredential and HTTPClient are
// not in it.
func (p *Provider) String() string { return p.source }

// Get returns the current version of a secret. Version, Created and Expires come from
// the vault. Expires is its exp, which may be in the past. The value is the stored
// text: it is not decoded, whatever its content type.
//
// Get makes one call. If the secret does not exist, it makes a second call, unless
// Options.DeletedAbsent is set: see the package comment. The first call of a provider
// costs one call more for the vault's challenge, and a login.
//
// The error is ErrNotFound for a 404 in which Key Vault says that the secret does not
// exist. It is ErrInvalid for any other 404, for a name that Key Vault can't hold,
// for another spelling of a name that was answered before, and for a host that is not
// a vault. It is ErrDisabled for a disabled version or a soft-deleted secret. It is
// ErrUnavailable if the network is down, or if the vault does not exist: its host
// then has no address.
//
// Without credentials Get is ErrUnauthenticated. If the network is down, so that
// no token can be asked for, it is ErrUnavailable. A failed login is remembered
// for a second; calls in that second fail with its error. A login takes at most
// nine tenths of the time that ctx has left.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.get(ctx, "get", name, "")
}

// get reads one version. An empty version means the current one.
func (p *Provider) get(ctx context.Context, op, name, version string) (secretmux.Secret, error) {
	key, err := p.key(name)
	if err != nil {
		return secretmux.Secret{}, err
	}
	secret, err := p.read(ctx, key, version)
	return p.finish(op, name, key, secret, err)
}

// key returns the key of a name. It refuses a name if another name with the same key
// was answered before.
func (p *Provider) key(name string) (string, error) {
	key, err := p.names.key(name)
	if err != nil {
		return "", err
	}
	if holder, taken := p.claims.Holder(fold(key)); taken && holder != name {
		return "", p.claims.Take(fold(key), name)
	}
	return key, nil
}

// finish claims the key of a secret that exists, and describes an error.
func (p *Provider) finish(op, name, key string, secret secretmux.Secret, err error) (secretmux.Secret, error) {
	if err != nil {
		err = p.fail(op, name, err)
	}
	if err == nil || errors.Is(err, secretmux.ErrDisabled) {
		if clash := p.claims.Take(fold(key), name); clash != nil {
			err = clash
		}
	}
	if err != nil {
		return secretmux.Secret{}, err
	}
	return secret, nil
}

// Close closes the connections that the provider opened itself. Later reads are
// ErrClosed; reads that are still running end by themselves. It can be called
// again, and always returns nil.
func (p *Provider) Close() error {
	p.conn.close()
	return nil
}

// BackendName returns Key Vault's own name of the secret.
func (p *Provider) BackendName(name string) string {
	key, err := p.names.key(name)
	if err != nil {
		return ""
	}
	return key
}
