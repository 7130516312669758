package env

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/steady"
	"github.com/secretmux/secretmux/providers/internal/variable"
)

var (
	_ secretmux.Provider = (*Provider)(nil)
	_ secretmux.Lister   = (*Provider)(nil)
)

// Provider reads secrets from environment variables. Make one with [New]. It is safe
// for concurrent use. It keeps no values, so nothing has to be closed.
type Provider struct {
	opts   Options
	source string
	claims claim.Names
	reader steady.Reader // of the files that variables name
}

// New returns a provider that reads the environment at each Get. New itself reads
// nothing. Its errors are ErrInvalid: see [Options].
func New(opts Options) (*Provider, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	return &Provider{opts: opts, source: opts.uri().String()}, nil
}

// String returns the provider's URI, such as env:?prefix=APP_.
func (p *Provider) String() string { return p.source }

// Get returns the value of the variable that [Name] gives, or, with Options.Files,
// the content of the file that the variable names.
//
// The error is ErrNotFound if the variable is unset, or if it is empty without
// Options.KeepEmpty.
//
// The error is ErrInvalid if [secretmux.ValidateName] refuses the name, if the
// variable belongs to another name, if the variable and its _FILE are both set, or if
// the _FILE names a path that does not exist, a path that is not a file, or a text in
// UTF-16.
//
// The error is ErrUnavailable if the file was read before and does not exist now, or
// if it changes while it is read. It is ErrDenied if this process may not read the
// file, and ErrTooLarge if the file is over 1 MiB.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	if err := ctx.Err(); err != nil {
		return secretmux.Secret{}, p.fail("get", name, err)
	}
	variable := variable.Name(p.opts.Prefix, name)
	value, err := p.read(ctx, variable)
	if err == nil || !errors.Is(err, errAbsent) {
		if taken := p.claims.Take("the variable "+variable, variable, name); taken != nil {
			err = taken
		}
	}
	if err != nil {
		return secretmux.Secret{}, p.fail("get", name, err)
	}
	value.meta.Version = secretmux.ContentVersion(value.data)
	value.meta.Source = p.source
	return secretmux.NewSecret(value.data, value.meta), nil
}

// answer is a value and what else is known about it.
type answer struct {
	data []byte
	meta secretmux.Meta
}

func (p *Provider) read(ctx context.Context, variable string) (answer, error) {
	value, set := p.opts.Lookup(variable)
	set = set && (value != "" || p.opts.KeepEmpty)
	path := ""
	if p.opts.Files {
		// An empty _FILE variable names no file and counts as unset, even with
		// KeepEmpty, which is about values.
		path, _ = p.opts.Lookup(variable + fileSuffix)
	}
	switch {
	case set && path != "":
		return answer{}, &setUpError{problem: variable + " and " + variable + fileSuffix + " are both set", hint: "unset one of them"}
	case set:
		return answer{data: []byte(value)}, nil
	case path != "":
		return p.readFile(ctx, variable+fileSuffix, path)
	}
	return answer{}, &absentError{variable: variable}
}

// List yields the variables that Get would return. A variable has the name that an
// earlier Get used. Otherwise the name is derived from the variable: prefix as given,
// and then the rest of the variable in lower case. The mapping can't restore the
// character that became an underscore: APP_DB_PASSWORD is listed as db_password, or
// as db/password if prefix is db/. With Options.Files a variable that ends in _FILE
// counts as the variable without this ending. List leaves out variables that no name
// gives, such as one in lower case, and, without Options.KeepEmpty, empty ones.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		seen := make(map[string]bool)
		for _, entry := range p.opts.Environ() {
			if err := ctx.Err(); err != nil {
				yield(secretmux.Info{}, p.fail("list", "", err))
				return
			}
			name, ok := p.nameOf(entry, prefix)
			if !ok || seen[name] {
				continue
			}
			seen[name] = true
			if !yield(secretmux.Info{Name: name, Source: p.source}, nil) {
				return
			}
		}
	}
}

// nameOf returns the name that starts with prefix and for which Get returns entry,
// which is NAME=value.
func (p *Provider) nameOf(entry, prefix string) (string, bool) {
	key, value, _ := strings.Cut(entry, "=")
	if p.opts.Files && value != "" {
		if base, ok := strings.CutSuffix(key, fileSuffix); ok {
			key = base
		}
	}
	if value == "" && !p.opts.KeepEmpty {
		return "", false
	}
	if holder, held := p.claims.Holder(key); held {
		return holder, strings.HasPrefix(holder, prefix)
	}
	return variable.Secret(p.opts.Prefix, key, prefix)
}
