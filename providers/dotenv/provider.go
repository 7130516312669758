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
// concurrent use, keeps no values, and has nothing to close.
type Provider struct {
	opts   Options
	source string
	open   func(path string) (fs.File, error)
	reader steady.Reader
	pipe   *pipe // in place of open and reader, with Options.FIFO
	claims claim.Names
	seen   atomic.Bool // the file was there once
	warned atomic.Bool
}

// New returns a provider that reads the file at opts.Path. It reads nothing itself.
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

// DefaultTTL is 2 seconds: how long a value may be kept, and how often a watched
// name that is absent is looked for, unless the link has a ttl=. Reading costs next
// to nothing, and somebody may be editing the file. With Options.FIFO it is 0, which
// leaves both to the store: each read may ask a person for consent.
func (p *Provider) DefaultTTL() time.Duration {
	if p.opts.FIFO {
		return 0
	}
	return steady.TTL
}

// Retries reports whether a link may try a read that failed a second time. It may not
// with Options.FIFO: the program that serves it may have asked a person.
func (p *Provider) Retries() bool { return !p.opts.FIFO }

// Get returns the value of the key that env.Name gives.
//
// These are ErrNotFound: no such key, a key with nothing in it without
// Options.KeepEmpty, and, as Options.Missing says, no file. These are ErrInvalid: a
// name that [secretmux.ValidateName] refuses, a key that belongs to another name, a
// file that breaks the rules of its dialect in any line, one that is not a regular
// file, and with Options.StrictPerm one that is open to others. A file that was
// there and is gone is ErrUnavailable, unless Options.Missing says otherwise. A file
// that may not be read is ErrDenied, one that is over 1 MiB or grows by more than
// that in expansion is ErrTooLarge, one that keeps changing while it is read is
// ErrUnavailable.
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

// Check reports whether the file can be read and every line of it makes sense.
// That there is no file is a failure only where it is one for Get: a file for
// development is absent everywhere else, and a chain then goes on. Nor is it one
// that others may read the file, without Options.StrictPerm. A FIFO is looked at and
// not read.
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

// List yields the keys that Get would answer, by the name that Get was asked
// for, and else by one that it can be asked for: APP_DB_PASSWORD comes as
// db_password, or as db/password when prefix is db/. Keys that no name maps to are
// left out, and so are those with nothing in them without Options.KeepEmpty. A file
// that counts as absent has no keys.
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
