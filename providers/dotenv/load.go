package dotenv

import (
	"context"
	"errors"
	"io/fs"

	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// load reads the whole file and returns its keys and values.
func (p *Provider) load(ctx context.Context) (map[string]string, error) {
	data, info, err := p.read(ctx)
	if err = p.judge(err); err != nil {
		return nil, err
	}
	if err := p.checkPerm(ctx, info.Mode()); err != nil {
		return nil, err
	}
	return parse(data, p.opts)
}

func (p *Provider) read(ctx context.Context) ([]byte, fs.FileInfo, error) {
	if p.opts.FIFO {
		return p.pipe.read(ctx)
	}
	return p.reader.Read(ctx, steady.File{Open: func() (fs.File, error) { return p.open(p.opts.Path) }})
}

// probe reads a file. If it is a FIFO, probe only looks at it.
func (p *Provider) probe(ctx context.Context) error {
	if !p.opts.FIFO {
		_, err := p.load(ctx)
		return err
	}
	info, err := statPipe(p.opts.Path)
	if err = p.judge(err); err != nil {
		return err
	}
	return p.checkPerm(ctx, info.Mode())
}

// judge remembers that the file existed. If the file does not exist, judge says what
// that means.
func (p *Provider) judge(err error) error {
	switch {
	case err == nil, errors.Is(err, steady.ErrTooLarge), errors.Is(err, steady.ErrChanging),
		errors.Is(err, errNoWriter), errors.Is(err, fs.ErrPermission):
		p.seen.Store(true)
	case errors.Is(err, fs.ErrNotExist):
		return place.Gone("file", p.opts.Path, place.Absence(p.opts.Missing, true, p.seen.Load()))
	}
	return err
}
