package systemd

import (
	"context"
	"iter"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/flat"
	"github.com/secretmux/secretmux/providers/internal/folder"
)

// life is longer than a process runs. It is the advice for values that don't change
// during that time.
const life = 10 * 365 * 24 * time.Hour

// Provider reads systemd credentials. Make one with [New]. It implements
// [secretmux.ManyGetter], [secretmux.Lister] and [secretmux.Checker]. It is safe for
// concurrent use. It keeps no values, so nothing has to be closed.
//
// Its errors by class:
//   - ErrNotFound: the folder does not have the credential.
//   - ErrInvalid: the variable is unset, unless Options.Missing makes that
//     ErrNotFound; another name has the credential already; or a text is in UTF-16.
//   - ErrUnavailable: the folder is lost, unless Options.Missing makes that
//     ErrNotFound; or the medium fails.
//   - ErrDenied: the system refuses to open the file, for example because this
//     process runs as another user than the unit.
//   - ErrTooLarge: the file is over 1 MiB. systemd does not pass on larger ones
//     either.
type Provider struct{ flat flat.Provider }

var (
	_ secretmux.ManyGetter = (*Provider)(nil)
	_ secretmux.Lister     = (*Provider)(nil)
	_ secretmux.Checker    = (*Provider)(nil)
)

// New returns a Provider. It reads neither the variable nor the folder. Its errors
// are ErrInvalid: see [Options].
func New(opts Options) (*Provider, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	return &Provider{flat: flat.Provider{
		Folder: folder.Folder{Dir: opts.dir, Missing: opts.Missing, Raw: opts.Raw},
		Prefix: opts.Prefix, Source: opts.uri().String(), TTL: life, Classify: classify,
	}}, nil
}

// String returns the provider's URI, which holds no secret and opens the same
// place.
func (p *Provider) String() string { return p.flat.Source }

// Get reads the credential that name gives.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.flat.Get(ctx, name)
}

// GetMany reads all names together. The error is always nil; each Result has its own.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	return p.flat.GetMany(ctx, names)
}

// List yields the names of all credentials: prefix as it is given, and then the rest
// of the credential's name. List can't tell which character became "_": db_password
// comes as db/password if prefix is db/. A credential that was read under another
// name comes with that name. If the folder does not exist, and Options.Missing is
// secretmux.ErrNotFound, there are no names.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return p.flat.List(ctx, prefix)
}

// Check opens the folder and reads one entry of it. An unset variable and a lost
// folder have the same class as for Get, but Check returns nil if Options.Missing is
// secretmux.ErrNotFound.
func (p *Provider) Check(ctx context.Context) error { return p.flat.Check(ctx) }
