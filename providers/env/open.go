package env

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of this package's links.
const Scheme = "env"

// Backend opens env: links. Parameters: prefix, empty=keep and files=true, for
// the fields of [Options] of these names.
func Backend() secretmux.Backend { return secretmux.Backend{Scheme: open} }

func open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	var (
		opts  Options
		empty string
	)
	params := u.Params()
	params.Text("prefix", &opts.Prefix)
	params.Enum("empty", &empty, "keep")
	params.Bool("files", &opts.Files)
	opts.KeepEmpty = empty == "keep"

	errs := []error{params.Done()}
	if u.Authority != "" || u.Path != "" {
		errs = append(errs, mistake("env: takes no path", "write env: or env:?prefix=APP_; a comma separates links"))
	}
	p, err := New(opts)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return p, nil
}
