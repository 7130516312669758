package file

import (
	"context"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of this package's links.
const Scheme = "file"

// Backend opens the scheme file:. The path is the folder; an authority is
// ErrInvalid. It takes the parameter trim, which is newline (the default) or
// none, and those of every link.
func Backend() secretmux.Backend { return secretmux.Backend{Scheme: open} }

func open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	dir, err := u.LocalPath()
	if err != nil {
		return nil, err
	}
	var trim string
	params := u.Params()
	params.Enum("trim", &trim, "newline", "none")
	if err := params.Done(); err != nil {
		return nil, err
	}
	return New(dir, Options{KeepNewline: trim == "none"})
}
