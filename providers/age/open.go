package age

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

// Backend opens age: and sops: links. The parameters are identity_file=, prefix=,
// empty=keep, missing=absent or unavailable, and name= of an age: file: see [Options].
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens age: and sops: links with o, for everything that a link leaves out,
// such as the identities.
func (o Options) Backend() secretmux.Backend {
	of := func(k Kind) secretmux.OpenFunc {
		o.Kind = k
		return o.open
	}
	return secretmux.Backend{string(Age): of(Age), string(Sops): of(Sops)}
}

func (o Options) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	o, err := o.at(u)
	if err != nil {
		return nil, err
	}
	p, err := New(o)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// At returns o for the file of a link, with the link's parameters. It is for programs
// that change the file that a config string names: see [NewEditor].
func (o Options) At(u *secretmux.URI) (Options, error) {
	o.Kind = Kind(u.Scheme)
	return o.at(u)
}

func (o Options) at(u *secretmux.URI) (Options, error) {
	var empty, missing string
	path, err := u.LocalPath()
	params := u.Params()
	params.Text("prefix", &o.Prefix)
	params.Text("identity_file", &o.IdentityFile)
	params.Text("name", &o.Name)
	params.Enum("empty", &empty, "keep")
	if !params.Has("document") { // with document=, missing= is about the document
		params.Enum("missing", &missing, "absent", "unavailable")
	}
	o.KeepEmpty = o.KeepEmpty || empty == "keep"
	switch missing {
	case "absent":
		o.Missing = secretmux.ErrNotFound
	case "unavailable":
		o.Missing = secretmux.ErrUnavailable
	}
	if path != "" {
		o.Path = path
	}
	return o, errors.Join(err, params.Done())
}
