package dotenv

import (
	"context"
	"errors"
	"io/fs"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// adviceTTL is how long an answer may be kept: reading costs next to nothing,
// and somebody may be editing the file.
const adviceTTL = 2 * time.Second

var (
	_ secretmux.Provider   = (*Provider)(nil)
	_ secretmux.ManyGetter = (*Provider)(nil)
	_ secretmux.Lister     = (*Provider)(nil)
	_ secretmux.Checker    = (*Provider)(nil)
)

// Provider reads secrets from a .env file. Make one with [New]. It is safe for
// concurrent use, keeps no values, and has nothing to close.
type Provider struct {
	path   string
	opts   Options
	source string
	open   func(path string) (fs.File, error)
	claims secretmux.Claims
	warned atomic.Bool
}

// New returns a provider that reads the file at path, which need not exist. A
// relative path counts from the working directory at each read. New reads
// nothing itself. Its errors are ErrInvalid: an empty path, or bad [Options].
func New(path string, opts Options) (*Provider, error) {
	opts, err := opts.withDefaults()
	if path == "" {
		err = errors.Join(err, mistake("dotenv: needs the path of a file", "write dotenv:.env"))
	}
	if err != nil {
		return nil, err
	}
	return &Provider{path: path, opts: opts, source: sourceOf(path, opts), open: steady.Open}, nil
}

// String returns the provider's URI, such as dotenv:.env.
func (p *Provider) String() string { return p.source }

// Get returns the value of the key that [env.Name] gives.
//
// ErrNotFound are: no file, no such key, and a key with nothing in it without
// Options.KeepEmpty. ErrInvalid are: a name that [secretmux.ValidateName]
// refuses, a key that another name was answered from, a file that breaks the
// rules of its dialect in any line, one that is no regular file, and with
// Options.StrictPerm one that is open to others. A file that may not be read is
// ErrDenied, one that is over 1 MiB or grows by more than that in expansion is
// ErrTooLarge, one that keeps changing while it is read is ErrUnavailable.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	values, err := p.load(ctx)
	if err != nil {
		return secretmux.Secret{}, p.classify("get", name, err)
	}
	return p.pick(values, name)
}

// GetMany is like Get for each name, and reads the file once. Its error is
// always nil.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	values, err := p.load(ctx)
	results := make([]secretmux.Result, len(names))
	for i, name := range names {
		results[i].Name = name
		if results[i].Err = secretmux.ValidateName(name); results[i].Err != nil {
			continue
		}
		if err != nil {
			results[i].Err = p.classify("get", name, err)
			continue
		}
		results[i].Secret, results[i].Err = p.pick(values, name)
	}
	return results, nil
}

// Check reports whether the file can be read and every line of it makes sense.
// That there is no file is no failure: a file for development alone is absent
// everywhere else, and a chain then goes on. Neither is a file that others may
// read, without Options.StrictPerm.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.load(ctx)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return p.classify("check", "", err)
}

func (p *Provider) pick(values map[string]string, name string) (secretmux.Secret, error) {
	key := env.Name(p.opts.Prefix, name)
	value, ok := values[key]
	if !ok || value == "" && !p.opts.KeepEmpty {
		return secretmux.Secret{}, p.classify("get", name, &absentError{key: key})
	}
	if p.claims.Take(key, name) != nil {
		holder, _ := p.claims.Holder(key)
		return secretmux.Secret{}, p.classify("get", name, &takenError{key: key, holder: holder})
	}
	data := []byte(value)
	return secretmux.NewSecret(data, secretmux.Meta{
		Version: secretmux.ContentVersion(data), Source: p.source, TTL: adviceTTL,
	}), nil
}

// load reads the whole file, as its keys and values.
func (p *Provider) load(ctx context.Context) (map[string]string, error) {
	data, info, err := steady.Read(ctx, func() (fs.File, error) { return p.open(p.path) }, false)
	if err != nil {
		return nil, err
	}
	if err := p.checkPerm(ctx, info.Mode()); err != nil {
		return nil, err
	}
	return parse(data, p.opts)
}
