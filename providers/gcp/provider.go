package gcp

import (
	"context"
	"net/url"

	"github.com/secretmux/secretmux"
)

var (
	_ secretmux.Provider      = (*Provider)(nil)
	_ secretmux.VersionGetter = (*Provider)(nil)
	_ secretmux.Lister        = (*Provider)(nil)
	_ secretmux.Checker       = (*Provider)(nil)
)

// Provider reads secrets from Secret Manager. Make one with [New] and close it
// when done. It is safe for concurrent use and keeps no values; all its calls
// share one connection, which the first of them makes.
type Provider struct {
	opts   Options
	source string
	conn   *connector
}

// New returns a provider. It does no I/O and reads no credentials. Its errors
// are ErrInvalid; see [Options].
func New(opts Options) (*Provider, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Provider{opts: opts, source: sourceOf(opts), conn: newConnector(opts)}, nil
}

// String returns the provider's URI, such as gcp-sm://my-project?location=europe-west3.
func (p *Provider) String() string { return p.source }

// Get returns the value of the version latest, or of Options.Alias. It makes one
// call, and another one each for Options.Metadata and the alias latest-enabled.
//
// ErrNotFound is a secret that does not exist or has no version, for a caller
// who may read secrets of the whole project. Secret Manager answers one whose
// permission is for single secrets with ErrDenied instead: it does not say then
// whether there is such a secret. ErrDisabled is a version that is disabled or
// destroyed. A name that Secret Manager can't hold, a project that does not
// exist and an API that is switched off are ErrInvalid. See the package comment
// for ErrCorrupt; a value over 1 MiB is ErrTooLarge.
//
// Without credentials Get is ErrUnauthenticated; where they can't be asked for a
// token because of the network it is ErrUnavailable.
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
		return secretmux.Secret{}, p.fail(ctx, op, name, err)
	}
	return secretmux.NewSecret(a.data, secretmux.Meta{Version: a.version, Created: a.created, Source: p.source}), nil
}

// Close closes the connection; calls under way end with ErrClosed, and so do
// later ones. A client from Options.Client stays open. It always returns nil.
func (p *Provider) Close() error {
	p.conn.close()
	return nil
}

// sourceOf lists the parameters in alphabetical order, as URI.String does.
func sourceOf(o Options) string {
	params := url.Values{}
	set := func(key, value string) {
		if value != "" {
			params.Set(key, value)
		}
	}
	set("location", o.Location)
	set("prefix", o.Prefix)
	set("sep", o.Separator)
	set("endpoint", o.Endpoint)
	if o.Alias != latest {
		set("alias", o.Alias)
	}
	if o.Metadata {
		set("metadata", "true")
	}
	source := Scheme + "://" + o.Project
	if len(params) > 0 {
		source += "?" + params.Encode()
	}
	return source
}
