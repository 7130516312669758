package local

import (
	"maps"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/docker"
	"github.com/secretmux/secretmux/providers/dotenv"
	"github.com/secretmux/secretmux/providers/env"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/providers/systemd"
)

// Backend opens the schemes env:, dotenv:, file:, docker: and systemd:, each with the
// zero Options of its package. Each call returns a new map. Pass it to
// [secretmux.Open] instead of the five Backends that it consists of: a scheme that is
// passed twice is ErrInvalid.
func Backend() secretmux.Backend {
	all := secretmux.Backend{}
	for _, b := range []secretmux.Backend{
		env.Backend(), dotenv.Backend(), file.Backend(), docker.Backend(), systemd.Backend(),
	} {
		maps.Copy(all, b)
	}
	return all
}
