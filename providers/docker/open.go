package docker

import (
	"context"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of this package's links.
const Scheme = "docker"

// Backend opens the scheme docker:. The path is the folder, by default that of
// [Options]; an authority is ErrInvalid. It takes the parameters prefix, for
// Options.Prefix, and trim, which is newline (the default) or none, and those of
// every link.
func Backend() secretmux.Backend { return secretmux.Backend{Scheme: open} }

func open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	dir, err := u.LocalPath()
	if err != nil {
		return nil, err
	}
	var trim string
	opts := Options{Dir: dir}
	params := u.Params()
	params.Text("prefix", &opts.Prefix)
	params.Enum("trim", &trim, "newline", "none")
	if err := params.Done(); err != nil {
		return nil, err
	}
	opts.KeepNewline = trim == "none"
	return New(opts)
}
