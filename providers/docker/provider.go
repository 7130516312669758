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
// [secretmux.ManyGetter], [secretmux.Lister] and [secretmux.Checker]. It keeps no
// values, has nothing to close and is safe for concurrent use.
//
// Errors by class: a file that is absent from the folder is ErrNotFound; a folder
// that is gone is what Options.Missing says; what the system refuses to open is
// ErrDenied; a second name of one file, a directory where a file should be, a text
// in UTF-16, and a link out of the folder are ErrInvalid; a file over 1 MiB is
// ErrTooLarge; one that never stops changing and every failure of the medium is
// ErrUnavailable.
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

// DefaultTTL is 2 seconds: how long a value may be kept, and how often a watched
// name that is absent is looked for, unless the link has a ttl=.
func (p *Provider) DefaultTTL() time.Duration { return p.flat.TTL }

// Get reads the file that name maps to.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.flat.Get(ctx, name)
}

// GetMany reads all names at one go. The error is always nil; each Result has
// its own.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	return p.flat.GetMany(ctx, names)
}

// List yields the names of all files: prefix as it is given, and then the rest of
// the file's name. List can't tell which character became "_": db_password comes
// as db/password when prefix is db/. A file that was read under another name
// comes by that name. A folder that counts as absent has no names.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return p.flat.List(ctx, prefix)
}

// Check opens the folder and reads one entry of it. A folder that is gone is
// ErrNotFound or ErrUnavailable, as for Get, except that Check returns nil if
// Options.Missing is secretmux.ErrNotFound. One that can't be read is ErrDenied.
func (p *Provider) Check(ctx context.Context) error { return p.flat.Check(ctx) }
