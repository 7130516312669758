package env

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

const (
	fileSuffix = "_FILE"
	// fileTTL is the advice for a value from a file, which may be replaced at
	// any time and costs next to nothing to read.
	fileTTL = 2 * time.Second
)

var errEmptyFile = errors.New("it is empty")

// readFile reads the file at path, which variable holds.
func (p *Provider) readFile(ctx context.Context, variable, path string) (answer, error) {
	data, _, err := steady.Read(ctx, func() (fs.File, error) { return steady.Open(path) }, false)
	data = steady.TrimNewline(data)
	if err == nil && len(data) == 0 && !p.opts.KeepEmpty {
		// Absence would let a chain go on while the file is being written.
		err = errEmptyFile
	}
	if err != nil {
		return answer{}, &fileError{variable: variable, cause: steady.WithoutPath(err)}
	}
	a := answer{data: data}
	a.meta.TTL = fileTTL
	return a, nil
}
