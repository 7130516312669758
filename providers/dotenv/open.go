package dotenv

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
)

// Scheme is the scheme of this package's links.
const Scheme = "dotenv"

// Backend opens dotenv: links. The package comment lists the parameters. A config
// string can't name a logger, so a warning is discarded; Options.Backend has a
// logger.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens dotenv: links with o, for everything that a link leaves out, such as
// the logger.
func (o Options) Backend() secretmux.Backend { return secretmux.Backend{Scheme: o.open} }

func (o Options) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	var dialect, empty, perm string
	path, err := u.LocalPath()
	params := u.Params()
	params.Text("prefix", &o.Prefix)
	params.Enum("dialect", &dialect, string(Secretmux), string(Godotenv))
	params.Bool("expand", &o.Expand)
	params.Bool("fifo", &o.FIFO)
	params.Enum("empty", &empty, "keep")
	params.Enum("perm", &perm, "strict")
	place.ReadMissing(params, &o.Missing)
	o.KeepEmpty = o.KeepEmpty || empty == "keep"
	o.StrictPerm = o.StrictPerm || perm == "strict"
	if dialect != "" {
		o.Dialect = Dialect(dialect)
	}
	if err != nil {
		return nil, errors.Join(err, params.Done())
	}
	if path != "" {
		o.Path = path
	}
	p, err := New(o)
	if err := errors.Join(params.Done(), err); err != nil {
		return nil, err
	}
	return p, nil
}
