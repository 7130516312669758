package docker

import (
	"context"
	"iter"
	"runtime"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/flat"
	"github.com/secretmux/secretmux/providers/internal/folder"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// Provider reads Docker secrets. Make one with [New]. It implements
// [secretmux.ManyGetter], [secretmux.Lister] and [secretmux.Checker]. It is safe for
// concurrent use. It keeps no values, so nothing has to be closed.
//
// Its errors by class:
//   - ErrNotFound: the folder does not have the file.
//   - The class that Options.Missing says: the folder is lost.
//   - ErrDenied: the system refuses to open the file.
//   - ErrInvalid: another name has the file already; the file is a directory; a text
//     is in UTF-16; or a link leads out of the folder.
//   - ErrTooLarge: the file is over 1 MiB.
//   - ErrUnavailable: the file never stops changing, or the medium fails.
type Provider struct{ flat flat.Provider }

var (
	_ secretmux.ManyGetter = (*Provider)(nil)
	_ secretmux.Lister     = (*Provider)(nil)
	_ secretmux.Checker    = (*Provider)(nil)
)

// New returns a Provider. It does no I/O. Its errors are ErrInvalid: see [Options].
func New(opts Options) (*Provider, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	return &Provider{flat: flat.Provider{
		Folder: folder.Folder{
			Dir: folder.At(opts.dir(runtime.GOOS)), Above: opts.above(runtime.GOOS),
			Missing: opts.Missing, Late: true, Raw: opts.Raw,
		},
		Prefix: opts.Prefix, Source: opts.uri().String(), TTL: steady.TTL, Classify: classify,
	}}, nil
}

// String returns the provider's URI, which holds no secret and opens the same
// place.
func (p *Provider) String() string { return p.flat.Source }

// DefaultTTL is 2 seconds. A value may be kept that long, and a watched name that is
// absent is looked for that often, unless the link has a ttl=.
func (p *Provider) DefaultTTL() time.Duration { return p.flat.TTL }

// Get reads the file that name gives.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.flat.Get(ctx, name)
}

// GetMany reads all names together. The error is always nil; each Result has its own.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	return p.flat.GetMany(ctx, names)
}

// List yields the names of all files: prefix as it is given, and then the rest of the
// file's name. List can't tell which character became "_": db_password comes as
// db/password if prefix is db/. A file that was read under another name comes with
// that name. A folder that counts as absent has no names.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return p.flat.List(ctx, prefix)
}

// Check opens the folder and reads one entry of it. A lost folder has the same class
// as for Get, ErrNotFound or ErrUnavailable, but Check returns nil if Options.Missing
// is secretmux.ErrNotFound. A folder that can't be read is ErrDenied.
func (p *Provider) Check(ctx context.Context) error { return p.flat.Check(ctx) }
