package exec

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

var (
	_ secretmux.Provider = (*Provider)(nil)
	_ secretmux.Checker  = (*Provider)(nil)
)

// Provider runs a command for each secret. Make one with [New]. It is safe for
// concurrent use. It keeps no values, so nothing has to be closed.
type Provider struct {
	opts   Options
	path   string // the program's absolute path
	source string
}

// New returns a provider that runs the command of opts. It looks for the program and
// starts nothing. Its errors are ErrInvalid: see [Options].
func New(opts Options) (*Provider, error) {
	opts, path, err := opts.check()
	if err != nil {
		return nil, err
	}
	opts.Args, opts.Env = slices.Clone(opts.Args), slices.Clone(opts.Env)
	return &Provider{opts: opts, path: path, source: opts.uri().String()}, nil
}

// String returns the provider's URI, which opens the same place.
func (p *Provider) String() string { return p.source }

// Retries is false: a command may ask a person, or lock an account after failures.
func (p *Provider) Retries() bool { return false }

// Get runs the command and returns its output.
//
// The error is ErrInvalid if a program could read the name as more than a name (see
// the package comment), or if the output is text in UTF-16. It is ErrNotFound if the
// exit code is Options.NotFound, or if Options.Name is set and the name is another
// one. It is ErrTooLarge if the output is over 1 MiB. Every other failure is
// ErrUnavailable: another exit code, a signal, empty output, a program that can't be
// started, and a program that leaves its standard output open in a process that it
// started. Get returns at most half a second after ctx ends; by then the command is
// killed.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	value, err := p.read(ctx, name)
	if err != nil {
		return secretmux.Secret{}, p.fail("get", name, err)
	}
	return secretmux.NewSecret(value, secretmux.Meta{Version: secretmux.ContentVersion(value), Source: p.source}), nil
}

func (p *Provider) read(ctx context.Context, name string) ([]byte, error) {
	switch {
	case p.opts.Name != "" && p.opts.Name != name:
		return nil, errOtherName
	case p.opts.Name == "" && !harmless(name):
		return nil, errName
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	args := slices.Clone(p.opts.Args)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], placeholder, name)
	}
	value, err := run(ctx, p.path, args, environ(p.opts.Environ(), p.opts.Env))
	var exit *exitError
	if errors.As(err, &exit) && exit.code == p.opts.NotFound && exit.code != 0 {
		return nil, errAbsent
	}
	if err == nil && !p.opts.Raw {
		value, err = steady.Text(value)
	}
	if err == nil && len(value) == 0 && !p.opts.KeepEmpty {
		err = errNothing
	}
	return value, err
}

// Check reports whether the program still exists. It starts nothing.
func (p *Provider) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return p.fail("check", "", err)
	}
	if _, err := lookUp(p.path, nil); err != nil {
		return p.fail("check", "", errGone)
	}
	return nil
}
