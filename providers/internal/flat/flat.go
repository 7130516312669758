// Package flat reads secrets from a folder whose files have no "/" in their names:
// the segments of a secret's name are joined by "_". The providers docker and systemd
// use it.
package flat

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/folder"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// Provider reads the secrets of Folder. Its methods are those of the optional
// interfaces of package secretmux. It is safe for concurrent use and must not be
// copied after its first use.
type Provider struct {
	Folder folder.Folder
	// Prefix is put in front of the name of every file.
	Prefix string
	// Source is the address of the provider.
	Source string
	// TTL is the advice for each secret.
	TTL time.Duration
	// Classify maps an error to a class and a hint.
	Classify func(error) (class error, hint string)

	claims claim.Names
}

// CheckPrefix refuses a prefix with which no file's name can start.
func CheckPrefix(prefix, hint string) error {
	if strings.Contains(prefix, "/") || strings.HasPrefix(prefix, "..") || secretmux.ValidateName(prefix+"x") != nil {
		return secretmux.Invalid("open", "the name of a file can't start with this prefix", hint)
	}
	return nil
}

// Get reads the file that name gives.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	r := p.read(ctx, []string{name})[0]
	return r.Secret, r.Err
}

// GetMany reads all names together. The error is always nil; each Result has its own.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	return p.read(ctx, names), nil
}

func (p *Provider) read(ctx context.Context, names []string) []secretmux.Result {
	return p.Folder.Secrets(ctx, names, p.file, p.result)
}

func (p *Provider) result(name string, answer folder.Answer) secretmux.Result {
	err := answer.Err
	if err == nil {
		err = p.claims.Take("the file with this name", p.file(name), name)
	}
	if err != nil {
		return secretmux.Result{Name: name, Err: p.fail("get", name, err)}
	}
	return secretmux.Result{Name: name, Secret: secretmux.NewSecret(answer.Value, secretmux.Meta{
		Version: secretmux.ContentVersion(answer.Value), Source: p.Source, TTL: p.TTL,
	})}
}

// List yields the names of all files: prefix as it is given, and then the rest of the
// file's name. List can't tell which character became "_". A file that was read under
// another name comes with that name. A folder that counts as absent has no names.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		start := p.file(prefix)
		files, err := p.Folder.Names(ctx, start)
		if err = p.fail("list", "", err); err != nil && !errors.Is(err, secretmux.ErrNotFound) {
			yield(secretmux.Info{}, err)
			return
		}
		for _, file := range files {
			name, ok := p.name(file, start, prefix)
			if ok && !yield(secretmux.Info{Name: name, Source: p.Source}, nil) {
				return
			}
		}
	}
}

// name returns the name that starts with prefix and for which Get returns file.
func (p *Provider) name(file, start, prefix string) (name string, ok bool) {
	name, claimed := p.claims.Holder(file)
	if claimed {
		return name, strings.HasPrefix(name, prefix)
	}
	name = prefix + strings.TrimPrefix(file, start)
	return name, p.file(name) == file && secretmux.ValidateName(name) == nil
}

// Check opens the folder and reads one entry of it. A folder that is missing is
// not a failure if Folder.Missing allows it.
func (p *Provider) Check(ctx context.Context) error {
	err := p.fail("check", "", p.Folder.Check(ctx))
	if errors.Is(err, secretmux.ErrNotFound) && errors.Is(p.Folder.Missing, secretmux.ErrNotFound) {
		return nil
	}
	return err
}

func (p *Provider) file(name string) string {
	return p.Prefix + strings.ReplaceAll(name, "/", "_")
}

// fail makes the error of op. It returns nil for a nil error.
func (p *Provider) fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	class, hint := p.Classify(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.Source, Class: class, Hint: hint, Err: steady.WithoutPath(err)}
}
