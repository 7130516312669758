package docker

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
)

// Options say where the secrets of a container are. The zero Options are good.
type Options struct {
	// Dir is the folder. Empty means /run/secrets, and on Windows
	// C:\ProgramData\Docker\secrets: where Docker mounts secrets unless told
	// otherwise (docs.docker.com/engine/swarm/secrets).
	Dir string
	// Prefix is put in front of the file's name: with "shop_", db/password is the
	// file shop_db_password. One with "/", one that starts with ".." and one that
	// [secretmux.ValidateName] would not let start a name are ErrInvalid.
	Prefix string
	// KeepNewline keeps the final newline of a text value, as trim=none does.
	KeepNewline bool
}

// Provider reads Docker secrets. It implements [secretmux.ManyGetter],
// [secretmux.Lister] and [secretmux.Checker] and is safe for concurrent use. Its
// errors are those of [file.Provider], and ErrInvalid for a second name of one
// file.
type Provider struct {
	files  *file.Provider
	prefix string
	source string
	claims secretmux.Claims
}

var (
	_ secretmux.ManyGetter = (*Provider)(nil)
	_ secretmux.Lister     = (*Provider)(nil)
	_ secretmux.Checker    = (*Provider)(nil)
)

// New returns a Provider. It does no I/O: the folder need not exist.
func New(opts Options) (*Provider, error) {
	if strings.Contains(opts.Prefix, "/") || strings.HasPrefix(opts.Prefix, "..") || secretmux.ValidateName(opts.Prefix+"x") != nil {
		return nil, &secretmux.Error{
			Op: "open", Class: secretmux.ErrInvalid, Err: errors.New("the prefix can't start the name of a file"),
			Hint: "a folder stands in the path, as in docker:///run/secrets; prefix is text without / and does not start with ..",
		}
	}
	uri := secretmux.URI{Scheme: Scheme, Path: filepath.ToSlash(opts.Dir)}
	if opts.Dir == "" {
		opts.Dir = defaultDir(runtime.GOOS)
	}
	files, err := file.New(opts.Dir, file.Options{KeepNewline: opts.KeepNewline})
	if err != nil {
		return nil, err
	}
	return &Provider{files: files, prefix: opts.Prefix, source: uri.String()}, nil
}

func defaultDir(goos string) string {
	if goos == "windows" {
		return `C:\ProgramData\Docker\secrets`
	}
	return "/run/secrets"
}

// String returns the provider's URI, which holds no secret.
func (p *Provider) String() string { return p.source }

// Get reads the file that name maps to.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	path := p.file(name)
	secret, err := p.files.Get(ctx, path)
	r := p.result(name, path, secretmux.Result{Secret: secret, Err: err})
	return r.Secret, r.Err
}

// GetMany reads all names at one go. The error is always nil; each Result has
// its own.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	results := make([]secretmux.Result, len(names))
	paths := make([]string, len(names))
	for i, name := range names {
		if results[i].Err = secretmux.ValidateName(name); results[i].Err == nil {
			paths[i] = p.file(name)
		}
	}
	got, err := secretmux.GetMany(ctx, p.files, paths)
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		if results[i].Err == nil {
			results[i] = p.result(name, paths[i], got[i])
		}
		results[i].Name = name
	}
	return results, nil
}

// List yields the names of all files: prefix as it is given, and then the rest
// of the file's name. What stood in place of each "_" is lost: db_password comes
// as db/password when prefix is db/. A file that was read under another name
// comes by that name. A missing folder has no names.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		start := p.file(prefix)
		for info, err := range p.files.List(ctx, start) {
			if err != nil {
				yield(secretmux.Info{}, p.fail("", err))
				return
			}
			name, ok := p.listed(info.Name, start, prefix)
			if ok && !yield(secretmux.Info{Name: name, Source: p.source}, nil) {
				return
			}
		}
	}
}

// listed returns the name that starts with prefix and that Get answers from path.
func (p *Provider) listed(path, start, prefix string) (name string, ok bool) {
	name, claimed := p.claims.Holder(path)
	if claimed {
		return name, strings.HasPrefix(name, prefix)
	}
	name = prefix + strings.TrimPrefix(path, start)
	return name, p.file(name) == path && secretmux.ValidateName(name) == nil
}

// Check opens the folder and reads one entry of it. A missing folder is
// ErrNotFound, one that can't be read ErrDenied.
func (p *Provider) Check(ctx context.Context) error {
	return p.fail("", p.files.Check(ctx))
}

func (p *Provider) file(name string) string {
	return p.prefix + strings.ReplaceAll(name, "/", "_")
}
