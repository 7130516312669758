package env

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/secretmux/secretmux"
)

var (
	_ secretmux.Provider = (*Provider)(nil)
	_ secretmux.Lister   = (*Provider)(nil)
)

// Provider reads secrets from environment variables. Make one with [New]. It is
// safe for concurrent use, keeps no values, and has nothing to close.
type Provider struct {
	opts   Options
	source string
	claims secretmux.Claims
}

// New returns a provider that reads the environment at each Get. It reads
// nothing itself. Its errors are ErrInvalid: see [Options].
func New(opts Options) (*Provider, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Provider{opts: opts, source: sourceOf(opts)}, nil
}

// String returns the provider's URI, such as env:?prefix=APP_.
func (p *Provider) String() string { return p.source }

// Get returns the value of the variable that [Name] gives, or with
// Options.Files the content of the file that it leads to.
//
// A variable that is unset, or set to nothing without Options.KeepEmpty, is
// ErrNotFound. ErrInvalid are: a name that [secretmux.ValidateName] refuses, a
// variable that another name was answered from, a variable that is set together
// with its _FILE, and a _FILE that leads to nothing, to no regular file, or,
// without Options.KeepEmpty, to an empty one. A file that may not be read is
// ErrDenied, one over 1 MiB is ErrTooLarge, one that changes while it is read is
// ErrUnavailable.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	if err := ctx.Err(); err != nil {
		return secretmux.Secret{}, p.classify("get", name, err)
	}
	variable := Name(p.opts.Prefix, name)
	value, err := p.read(ctx, variable)
	if err == nil || !errors.Is(err, errAbsent) {
		if p.claims.Take(variable, name) != nil {
			holder, _ := p.claims.Holder(variable)
			err = &takenError{variable: variable, holder: holder}
		}
	}
	if err != nil {
		return secretmux.Secret{}, p.classify("get", name, err)
	}
	value.meta.Version = secretmux.ContentVersion(value.data)
	value.meta.Source = p.source
	return secretmux.NewSecret(value.data, value.meta), nil
}

// answer is a value and what is known of it besides.
type answer struct {
	data []byte
	meta secretmux.Meta
}

func (p *Provider) read(ctx context.Context, variable string) (answer, error) {
	value, set := p.opts.Lookup(variable)
	set = set && (value != "" || p.opts.KeepEmpty)
	path := ""
	if p.opts.Files {
		// A _FILE that is set to nothing names no file and counts as unset, also
		// with KeepEmpty, which is about values.
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

// sourceOf lists the parameters in alphabetical order, as URI.String does.
func sourceOf(o Options) string {
	var params []string
	if o.KeepEmpty {
		params = append(params, "empty=keep")
	}
	if o.Files {
		params = append(params, "files=true")
	}
	if o.Prefix != "" {
		params = append(params, "prefix="+url.QueryEscape(o.Prefix))
	}
	if len(params) == 0 {
		return Scheme + ":"
	}
	return Scheme + ":?" + strings.Join(params, "&")
}
