package dotenv

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of this package's links.
const Scheme = "dotenv"

// Backend opens dotenv: links. As a config string can't name a logger, their
// warnings go to slog.Default(); use [BackendWith] for another one.
func Backend() secretmux.Backend {
	return secretmux.Backend{Scheme: func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		return open(u, Options{Logger: slog.Default()})
	}}
}

// BackendWith is like [Backend], with opts for what a link's parameters leave
// unsaid. A nil Logger discards.
func BackendWith(opts Options) secretmux.Backend {
	return secretmux.Backend{Scheme: func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		return open(u, opts)
	}}
}

func open(u *secretmux.URI, opts Options) (secretmux.Provider, error) {
	var dialect, empty, perm string
	params := u.Params()
	params.Text("prefix", &opts.Prefix)
	params.Enum("dialect", &dialect, string(Secretmux), string(Godotenv))
	params.Bool("expand", &opts.Expand)
	params.Enum("empty", &empty, "keep")
	params.Enum("perm", &perm, "strict")
	opts.KeepEmpty = opts.KeepEmpty || empty == "keep"
	opts.StrictPerm = opts.StrictPerm || perm == "strict"
	if dialect != "" {
		opts.Dialect = Dialect(dialect)
	}
	path, err := u.LocalPath()
	errs := []error{params.Done(), err}
	if err == nil {
		var p *Provider
		if p, err = New(path, opts); errors.Join(params.Done(), err) == nil {
			return p, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// sourceOf lists the parameters in alphabetical order, as URI.String does.
func sourceOf(path string, o Options) string {
	var params []string
	add := func(when bool, key, value string) {
		if when {
			params = append(params, key+"="+url.QueryEscape(value))
		}
	}
	add(o.Dialect != Secretmux, "dialect", string(o.Dialect))
	add(o.KeepEmpty, "empty", "keep")
	add(o.Expand, "expand", "true")
	add(o.StrictPerm, "perm", "strict")
	add(o.Prefix != "", "prefix", o.Prefix)
	source := (&secretmux.URI{Scheme: Scheme, Path: path}).String()
	if len(params) > 0 {
		source += "?" + strings.Join(params, "&")
	}
	return source
}
