package acme

import (
	"context"
	"strings"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of a link.
const Scheme = "acme"

// Backend opens links whose scheme is acme:, with no options but those in the link.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens links with o. The settings of a link override o.
func (o Options) Backend() secretmux.Backend {
	return secretmux.Backend{Scheme: o.open}
}

// open uses every part of the URI or refuses it, so that a misspelt link is an error and
// does not open another place.
func (o Options) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	if u.Authority != "" {
		o.Host = u.Authority
	}
	if folder := strings.Trim(u.Path, "/"); folder != "" {
		o.Folder = folder
	}
	p := u.Params()
	p.Text("token_file", &o.TokenFile)
	p.Bool("http", &o.HTTP)
	if err := p.Done(); err != nil { // unknown and malformed parameters
		return nil, err
	}
	return New(o)
}

// address opens the same place again. It never has the credential, but it may have the
// name of its file.
func (o Options) address() *secretmux.URI {
	u := &secretmux.URI{Scheme: Scheme, Authority: o.Host}
	if o.Folder != "" {
		u.Path = "/" + o.Folder
	}
	if o.HTTP {
		u = u.With("http", "true")
	}
	return u.With("token_file", o.TokenFile)
}
