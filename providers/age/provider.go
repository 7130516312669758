package age

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"time"

	"github.com/secretmux/secretmux"
)

var (
	_ secretmux.ManyGetter = (*Provider)(nil)
	_ secretmux.Lister     = (*Provider)(nil)
	_ secretmux.Checker    = (*Provider)(nil)
)

// Provider reads secrets from an encrypted file. Make one with [New]. It is safe for
// concurrent use. It keeps no values and no keys, so nothing has to be closed.
type Provider struct {
	opts   Options
	source string
	claims secretmux.Claims
}

// New returns a provider that reads the file at opts.Path. New itself reads nothing.
// Its errors are ErrInvalid: see [Options].
func New(opts Options) (*Provider, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	return &Provider{opts: opts, source: opts.uri().String()}, nil
}

// String returns the provider's URI, such as sops:secrets.env, which opens the same
// place.
func (p *Provider) String() string { return p.source }

// DefaultTTL is 2 seconds. A value may be kept that long, and a watched name that is
// absent is looked for that often, unless the link has a ttl=.
func (p *Provider) DefaultTTL() time.Duration { return ttl }

// Get returns the value of the key that name maps to. The package comment has the
// classes of its errors.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	c, err := p.load(ctx)
	if err != nil {
		return secretmux.Secret{}, p.fail("get", name, err)
	}
	return p.pick(c, name)
}

// GetMany is like Get for each name, and reads and decrypts the file once. Its error is
// always nil.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	results := make([]secretmux.Result, len(names))
	good := false
	for i, name := range names {
		results[i] = secretmux.Result{Name: name, Err: secretmux.ValidateName(name)}
		good = good || results[i].Err == nil
	}
	if !good {
		return results, nil
	}
	c, err := p.load(ctx)
	for i, name := range names {
		switch {
		case results[i].Err != nil:
		case err != nil:
			results[i].Err = p.fail("get", name, err)
		default:
			results[i].Secret, results[i].Err = p.pick(c, name)
		}
	}
	return results, nil
}

// Check reads and decrypts the file, and keeps nothing of it. A file that does not
// exist is a failure unless Options.Missing makes it ErrNotFound.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.load(ctx)
	if err = p.fail("check", "", err); errors.Is(err, secretmux.ErrNotFound) {
		return nil
	}
	return err
}

// List yields the keys that Get would return. A key has the name that Get was called
// with before. Otherwise it has a name that Get accepts: APP_DB_PASSWORD comes as
// db_password, or as db/password if prefix is db/. A member of a JSON file keeps its
// name. A file that counts as absent has no keys.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		c, err := p.load(ctx)
		if err = p.fail("list", "", err); err != nil && !errors.Is(err, secretmux.ErrNotFound) {
			yield(secretmux.Info{}, err)
			return
		}
		for _, name := range p.names(c, prefix) {
			if !yield(secretmux.Info{Name: name, Source: p.source}, nil) {
				return
			}
		}
	}
}

// load reads and decrypts the file.
func (p *Provider) load(ctx context.Context) (content, error) {
	if err := ctx.Err(); err != nil {
		return content{}, err
	}
	identities, err := p.opts.identities()
	if err != nil {
		// If there is no file, no private key is needed.
		if _, gone := readFile(p.opts.Path); errors.Is(gone, fs.ErrNotExist) {
			err = gone
		}
		return content{}, err
	}
	return settle(ctx, p.opts.Path, func(data []byte) (content, error) { return p.opts.decode(data, identities) })
}

// pick returns the value of name.
func (p *Provider) pick(c content, name string) (secretmux.Secret, error) {
	value, err := p.value(c, name)
	if err != nil {
		return secretmux.Secret{}, p.fail("get", name, err)
	}
	return secretmux.NewSecret(value, secretmux.Meta{Version: secretmux.ContentVersion(value), Source: p.source, TTL: ttl}), nil
}

func (p *Provider) value(c content, name string) ([]byte, error) {
	if p.opts.Name != "" {
		if name != p.opts.Name {
			return nil, errOtherName
		}
		return c.whole, nil
	}
	keys := p.keys(c, name)
	switch {
	case len(keys) > 1:
		return nil, errTwoKeys
	case len(keys) == 0:
		return nil, errAbsent
	}
	if err := p.claims.Take(keys[0], name); err != nil {
		return nil, err
	}
	return []byte(c.values[keys[0]]), nil
}
