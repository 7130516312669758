package file

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// TTL is how long secrets from files are kept unless the link has a ttl=: short,
// as reading a small file costs next to nothing.
const TTL = 2 * time.Second

// Options say how files become values. The zero Options are good.
type Options struct {
	// KeepNewline keeps the final newline of a text value, as trim=none does.
	KeepNewline bool
}

// Provider reads secrets from the files below one folder. It implements
// [secretmux.ManyGetter], [secretmux.Lister] and [secretmux.Checker]. It holds no
// open file between calls and is safe for concurrent use.
//
// Errors by class: a file or the folder that does not exist is ErrNotFound; what
// the system refuses to open is ErrDenied; a directory, pipe, socket or device
// where a file should be, a symbolic link out of the folder or in a loop, and a
// name with a segment that is too long or starts with ".." are ErrInvalid; a file
// over 1 MiB is ErrTooLarge; one that never stops changing and every failure of
// the medium is ErrUnavailable.
type Provider struct {
	dir         string
	source      string
	keepNewline bool
}

var (
	_ secretmux.ManyGetter = (*Provider)(nil)
	_ secretmux.Lister     = (*Provider)(nil)
	_ secretmux.Checker    = (*Provider)(nil)
)

// New returns a Provider of the files below dir. It does no I/O: the folder need
// not exist yet. A relative dir is taken from the working directory at the time
// of each call; dir may itself be a symbolic link. An empty dir or one with a
// NUL is ErrInvalid.
func New(dir string, opts Options) (*Provider, error) {
	if dir == "" || strings.ContainsRune(dir, 0) {
		return nil, &secretmux.Error{
			Op: "open", Class: secretmux.ErrInvalid, Err: errors.New("the folder has no usable path"),
			Hint: "write file:///absolute/folder or file:relative/folder",
		}
	}
	uri := secretmux.URI{Scheme: Scheme, Path: filepath.ToSlash(dir)}
	return &Provider{dir: dir, source: uri.String(), keepNewline: opts.KeepNewline}, nil
}

// String returns the provider's URI, which holds no secret.
func (p *Provider) String() string { return p.source }

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

// Check opens the folder and reads one entry of it. A missing folder is
// ErrNotFound, one that can't be read ErrDenied.
func (p *Provider) Check(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		err = p.visit(func(f *folder) (bool, error) { return false, f.probe() })
	}
	return p.fail("check", "", err)
}

// read answers each name, invalid ones without touching the disk.
func (p *Provider) read(ctx context.Context, names []string) []secretmux.Result {
	results := make([]secretmux.Result, len(names))
	asked := make([]int, 0, len(names)) // the indices of valid names
	for i, name := range names {
		results[i] = secretmux.Result{Name: name, Err: p.checkName("get", name)}
		if results[i].Err == nil {
			asked = append(asked, i)
		}
	}
	err := ctx.Err()
	if err == nil && len(asked) > 0 {
		err = p.visit(func(f *folder) (missed bool, _ error) {
			for _, i := range asked {
				value, err := f.read(ctx, names[i])
				missed = missed || absent(err)
				results[i] = p.result(names[i], value, err)
			}
			return missed, nil
		})
	}
	if err != nil {
		for _, i := range asked {
			results[i] = p.result(names[i], nil, err)
		}
	}
	return results
}

func (p *Provider) result(name string, value []byte, err error) secretmux.Result {
	if err != nil {
		return secretmux.Result{Name: name, Err: p.fail("get", name, err)}
	}
	if !p.keepNewline {
		value = steady.TrimNewline(value)
	}
	meta := secretmux.Meta{Version: secretmux.ContentVersion(value), Source: p.source, TTL: TTL}
	return secretmux.Result{Name: name, Secret: secretmux.NewSecret(value, meta)}
}
