package dotenv

import (
	"context"
	"errors"
	"io/fs"

	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// load reads the whole file, as its keys and values.
func (p *Provider) load(ctx context.Context) (map[string]string, error) {
	data, info, err := p.reader.Read(ctx, steady.File{Open: func() (fs.File, error) { return p.open(p.opts.Path) }})
	switch {
	case err == nil, errors.Is(err, steady.ErrTooLarge), errors.Is(err, steady.ErrChanging), errors.Is(err, fs.ErrPermission):
		p.seen.Store(true)
	case errors.Is(err, fs.ErrNotExist):
		return nil, place.Gone("file", p.opts.Path, place.Absence(p.opts.Missing, true, p.seen.Load()))
	}
	if err != nil {
		return nil, err
	}
	if err := p.checkPerm(ctx, info.Mode()); err != nil {
		return nil, err
	}
	return parse(data, p.opts)
}
