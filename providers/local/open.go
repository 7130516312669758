package local

import (
	"maps"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/docker"
	"github.com/secretmux/secretmux/providers/dotenv"
	"github.com/secretmux/secretmux/providers/env"
	"github.com/secretmux/secretmux/providers/file"
)

// Backend opens the schemes env:, dotenv:, file: and docker:. Each call returns a
// map of its own. Pass it to [secretmux.Open] instead of the four Backends it is
// made of: a scheme that is passed twice is ErrInvalid.
func Backend() secretmux.Backend {
	all := secretmux.Backend{}
	for _, b := range []secretmux.Backend{env.Backend(), dotenv.Backend(), file.Backend(), docker.Backend()} {
		maps.Copy(all, b)
	}
	return all
}
