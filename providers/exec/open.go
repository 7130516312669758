package exec

import (
	"context"
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of this package's links.
const Scheme = "exec"

// Backend opens exec: links. The package comment lists the parameters. It looks for
// the program and starts nothing.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens exec: links with o, for everything that a link leaves out, such as
// the environment to read.
func (o Options) Backend() secretmux.Backend { return secretmux.Backend{Scheme: o.open} }

func (o Options) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	var variables, empty, trim string
	program, err := u.LocalPath()
	params := u.Params()
	params.Texts("arg", &o.Args)
	params.Text("name", &o.Name)
	params.Text("env", &variables)
	params.Int("notfound", &o.NotFound, 1, 255)
	params.Enum("empty", &empty, "keep")
	params.Enum("trim", &trim, "newline", "none")
	if err != nil {
		return nil, errors.Join(err, params.Done())
	}
	if program != "" {
		o.Program = program
	}
	if variables != "" {
		o.Env = strings.Fields(variables) // "+" is a space in a parameter
	}
	if trim != "" {
		o.Raw = trim == "none"
	}
	o.KeepEmpty = o.KeepEmpty || empty == "keep"
	p, err := New(o)
	if err := errors.Join(params.Done(), err); err != nil {
		return nil, err
	}
	return p, nil
}
