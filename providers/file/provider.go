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
// holds no open file between calls, keeps no values, has nothing to close and is
// safe for concurrent use.
//
// Errors by class: a file that is absent from the folder is ErrNotFound; a folder
// that is gone is ErrUnavailable, unless Options.Missing says otherwise; what the
// system refuses to open is ErrDenied; a file where the folder should be, a
// directory, pipe, socket or device where a file should be, a text in UTF-16, a
// symbolic link out of the folder or in a loop, and a name with a segment that is
// too long or starts with ".." are ErrInvalid; a file over 1 MiB is ErrTooLarge; one
// that never stops changing and every failure of the medium is ErrUnavailable.
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

// DefaultTTL is 2 seconds: how long a value may be kept, and how often a watched
// name that is absent is looked for, unless the link has a ttl=. Reading a small
// file costs next to nothing.
func (p *Provider) DefaultTTL() time.Duration { return steady.TTL }

// Get reads the file of that name below the folder.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	r := p.read(ctx, []string{name})[0]
	return r.Secret, r.Err
}

// GetMany reads all names at one go: files of a Kubernetes volume come from one
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

// List yields the names of all regular files below the folder, sorted by
// directory. Links are followed like Get follows them, a directory that holds
// itself once. It leaves out what Get refuses: hidden names, names that
// [secretmux.ValidateName] does not take, pipes, links out of the folder. A folder
// that counts as absent has no names. A directory that can't be read is ErrDenied,
// as a list with holes would pass for the whole.
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

// Check opens the folder and reads one entry of it. A folder that is gone is
// ErrUnavailable, and no failure where Options.Missing is secretmux.ErrNotFound:
// then it may be missing. One that can't be read is ErrDenied.
func (p *Provider) Check(ctx context.Context) error {
	err := p.fail("check", "", p.folder.Check(ctx))
	if errors.Is(err, secretmux.ErrNotFound) {
		return nil
	}
	return err
}
