package env

import (
	"context"
	"errors"
	"io/fs"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

const fileSuffix = "_FILE"

// errGone says that a file was read before and does not exist now. That proves
// nothing about the secret: a mount may be missing for a while.
var errGone = errors.New("it existed before and does not exist now")

var errUnexpanded = errors.New("its path has a ~ or a $, which only a shell replaces")

// fileError is a failure with the file that variable names. Neither the error nor its
// cause holds the path: the variable may hold the value itself by mistake.
type fileError struct {
	variable string
	cause    error
}

func (e *fileError) Error() string { return "the file of " + e.variable + ": " + e.cause.Error() }
func (e *fileError) Unwrap() error { return e.cause }

// readFile reads the file at path, which variable holds. An empty file is an empty
// secret, even without KeepEmpty: a variable that names a file was not set in order
// to leave it out.
func (p *Provider) readFile(ctx context.Context, variable, path string) (answer, error) {
	data, _, err := p.reader.Read(ctx, steady.File{Key: variable, Open: func() (fs.File, error) { return steady.Open(path) }})
	if err != nil {
		err = steady.WithoutPath(err)
		switch {
		case !errors.Is(err, fs.ErrNotExist):
		case p.reader.Known(variable):
			err = errGone
		case place.Unexpanded(path) != "":
			err = errUnexpanded
		}
		return answer{}, &fileError{variable: variable, cause: err}
	}
	if data, err = steady.Text(data); err != nil {
		return answer{}, &fileError{variable: variable, cause: err}
	}
	return answer{data: data, meta: secretmux.Meta{TTL: steady.TTL}}, nil
}
