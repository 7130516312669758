package file

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/folder"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// Provider reads secrets from the files below one folder. Make one with [New]. It
// implements [secretmux.ManyGetter], [secretmux.Lister] and [secretmux.Checker]. It
// is safe for concurrent use. It keeps no values and holds no open file between
// calls, so nothing has to be closed.
//
// Its errors by class:
//   - ErrNotFound: the folder does not have the file.
//   - ErrUnavailable: the folder is lost, unless Options.Missing says otherwise; the
//     file never stops changing; or the medium fails.
//   - ErrDenied: the system refuses to open the file.
//   - ErrInvalid: the folder is a file; the file is a directory, pipe, socket or
//     device; a text is in UTF-16; a symbolic link leads out of the folder or in a
//     circle; or a segment of the name is too long or starts with "..".
//   - ErrTooLarge: the file is over 1 MiB.
type Provider struct {
	folder folder.Folder
	source string
}

var (
	_ secretmux.ManyGetter = (*Provider)(nil)
	_ secretmux.Lister     = (*Provider)(nil)
	_ secretmux.Checker    = (*Provider)(nil)
)

// New returns a Provider of the files below opts.Dir. It does no I/O. Its errors
// are ErrInvalid: see [Options].
func New(opts Options) (*Provider, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	return &Provider{
		folder: folder.Folder{Dir: folder.At(opts.Dir), Missing: opts.Missing, Raw: opts.Raw},
		source: opts.uri().String(),
	}, nil
}

// String returns the provider's URI, which holds no secret and opens the same
// place.
func (p *Provider) String() string { return p.source }

// DefaultTTL is 2 seconds. A value may be kept that long, and a watched name that is
// absent is looked for that often, unless the link has a ttl=. It is short, because
// reading a small file costs very little.
func (p *Provider) DefaultTTL() time.Duration { return steady.TTL }

// Get reads the file with that name below the folder.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	r := p.read(ctx, []string{name})[0]
	return r.Secret, r.Err
}

// GetMany reads all names together: files of a Kubernetes volume come from one
// generation. The error is always nil; each Result has its own.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	return p.read(ctx, names), nil
}

func (p *Provider) read(ctx context.Context, names []string) []secretmux.Result {
	return p.folder.Secrets(ctx, names, func(name string) string { return name }, p.result)
}

func (p *Provider) result(name string, answer folder.Answer) secretmux.Result {
	if answer.Err != nil {
		return secretmux.Result{Name: name, Err: p.fail("get", name, answer.Err)}
	}
	meta := secretmux.Meta{Version: secretmux.ContentVersion(answer.Value), Source: p.source, TTL: steady.TTL}
	return secretmux.Result{Name: name, Secret: secretmux.NewSecret(answer.Value, meta)}
}

// List yields the names of all regular files below the folder, sorted by directory.
// It follows links like Get. A directory that contains itself is listed once. List
// leaves out everything that Get refuses: hidden names, names that
// [secretmux.ValidateName] refuses, pipes, and links out of the folder. A folder that
// counts as absent has no names. A directory that can't be read is ErrDenied, because
// a list with holes would look complete.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		names, err := p.folder.Names(ctx, prefix)
		if err = p.fail("list", "", err); err != nil && !errors.Is(err, secretmux.ErrNotFound) {
			yield(secretmux.Info{}, err)
			return
		}
		for _, name := range names {
			if !yield(secretmux.Info{Name: name, Source: p.source}, nil) {
				return
			}
		}
	}
}

// Check opens the folder and reads one entry of it. A lost folder is ErrUnavailable.
// It is not a failure if Options.Missing is secretmux.ErrNotFound, because the folder
// may be missing then. A folder that can't be read is ErrDenied.
func (p *Provider) Check(ctx context.Context) error {
	err := p.fail("check", "", p.folder.Check(ctx))
	if errors.Is(err, secretmux.ErrNotFound) {
		return nil
	}
	return err
}
