package dotenv

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"strings"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/steady"
	"github.com/secretmux/secretmux/providers/internal/variable"
)

var (
	_ secretmux.Provider   = (*Provider)(nil)
	_ secretmux.ManyGetter = (*Provider)(nil)
	_ secretmux.Lister     = (*Provider)(nil)
	_ secretmux.Checker    = (*Provider)(nil)
)

// Provider reads secrets from a .env file. Make one with [New]. It is safe for
// concurrent use. It keeps no values, so nothing has to be closed.
type Provider struct {
	opts   Options
	source string
	open   func(path string) (fs.File, error)
	reader steady.Reader
	pipe   *pipe // in place of open and reader, with Options.FIFO
	claims claim.Names
	seen   atomic.Bool // the file has existed
	warned atomic.Bool
}

// New returns a provider that reads the file at opts.Path. New itself reads nothing.
// Its errors are ErrInvalid: see [Options].
func New(opts Options) (*Provider, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	return &Provider{opts: opts, source: opts.uri().String(), open: steady.Open, pipe: newPipe(opts.Path)}, nil
}

// String returns the provider's URI, such as dotenv:.env, which opens the same
// place.
func (p *Provider) String() string { return p.source }

// DefaultTTL is 2 seconds. A value may be kept that long, and a watched name that is
// absent is looked for that often, unless the link has a ttl=. It is short, because a
// read costs very little, and a person may be editing the file. With Options.FIFO it
// is 0, which leaves both to the store: each read may ask a person for consent.
func (p *Provider) DefaultTTL() time.Duration {
	if p.opts.FIFO {
		return 0
	}
	return steady.TTL
}

// Retries reports whether a link may try a failed read a second time. It may not with
// Options.FIFO: the program that serves the FIFO may have asked a person.
func (p *Provider) Retries() bool { return !p.opts.FIFO }

// Get returns the value of the key that env.Name gives.
//
// The error is ErrNotFound if the file does not have the key, if the value is empty
// without Options.KeepEmpty, and, as Options.Missing says, if there is no file.
//
// The error is ErrInvalid if [secretmux.ValidateName] refuses the name, if the key
// belongs to another name, if any line of the file breaks the rules of its dialect,
// if the file is not a regular file, and with Options.StrictPerm if the file is open
// to others.
//
// The error is ErrUnavailable if the file existed and is lost, unless Options.Missing
// says otherwise. It is also ErrUnavailable if the file keeps changing while it is
// read. It is ErrDenied if this process may not read the file. It is ErrTooLarge if
// the file is over 1 MiB, or grows by more than that through expansion.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	values, err := p.load(ctx)
	if err != nil {
		return secretmux.Secret{}, p.fail("get", name, err)
	}
	return p.pick(values, name)
}

// GetMany is like Get for each name, and reads the file once. Its error is
// always nil.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	results := make([]secretmux.Result, len(names))
	good := 0
	for i, name := range names {
		results[i] = secretmux.Result{Name: name, Err: secretmux.ValidateName(name)}
		if results[i].Err == nil {
			good++
		}
	}
	if good == 0 {
		return results, nil
	}
	values, err := p.load(ctx)
	for i, name := range names {
		switch {
		case results[i].Err != nil:
		case err != nil:
			results[i].Err = p.fail("get", name, err)
		default:
			results[i].Secret, results[i].Err = p.pick(values, name)
		}
	}
	return results, nil
}

// Check reports whether the file can be read and every line of it is valid. A file
// that does not exist is a failure only if it is one for Get: a file for development
// is absent everywhere else, and a chain then goes on. A file that others may read is
// a failure only with Options.StrictPerm. Check looks at a FIFO and does not read it.
func (p *Provider) Check(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		err = p.probe(ctx)
	}
	if err = p.fail("check", "", err); errors.Is(err, secretmux.ErrNotFound) {
		return nil
	}
	return err
}

// List yields the keys that Get would return. A key has the name that Get was called
// with before. Otherwise it has a name that Get accepts: APP_DB_PASSWORD comes as
// db_password, or as db/password if prefix is db/. List leaves out keys that no name
// gives, and, without Options.KeepEmpty, keys with an empty value. A file that counts
// as absent has no keys.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		values, err := p.load(ctx)
		if err = p.fail("list", "", err); err != nil && !errors.Is(err, secretmux.ErrNotFound) {
			yield(secretmux.Info{}, err)
			return
		}
		for key, value := range values {
			name, ok := p.nameOf(key, prefix)
			if !ok || value == "" && !p.opts.KeepEmpty {
				continue
			}
			if !yield(secretmux.Info{Name: name, Source: p.source}, nil) {
				return
			}
		}
	}
}

func (p *Provider) nameOf(key, prefix string) (string, bool) {
	if holder, held := p.claims.Holder(key); held {
		return holder, strings.HasPrefix(holder, prefix)
	}
	return variable.Secret(p.opts.Prefix, key, prefix)
}

func (p *Provider) pick(values map[string]string, name string) (secretmux.Secret, error) {
	key := variable.Name(p.opts.Prefix, name)
	value, ok := values[key]
	if !ok || value == "" && !p.opts.KeepEmpty {
		return secretmux.Secret{}, p.fail("get", name, &absentError{key: key})
	}
	if err := p.claims.Take("the key "+key, key, name); err != nil {
		return secretmux.Secret{}, p.fail("get", name, err)
	}
	data := []byte(value)
	return secretmux.NewSecret(data, secretmux.Meta{
		Version: secretmux.ContentVersion(data), Source: p.source, TTL: p.DefaultTTL(),
	}), nil
}
