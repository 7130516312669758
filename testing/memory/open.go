package memory

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/secretmux/secretmux"
)

// Backend opens "memory:" as m, in config strings of tests. With
// "memory:?prefix=app/" the link sees only the secrets whose names start with app/,
// without that prefix. All links that it opens share m.
func (m *Provider) Backend() secretmux.Backend {
	return secretmux.Backend{"memory": m.open}
}

func (m *Provider) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	if u.Authority != "" || u.Path != "" {
		return nil, &secretmux.Error{
			Op: "open", Class: secretmux.ErrInvalid, Err: errors.New("memory: has an authority or a path"),
			Hint: "write memory: or memory:?prefix=app/",
		}
	}
	var prefix string
	params := u.Params()
	params.Text("prefix", &prefix)
	if err := params.Done(); err != nil {
		return nil, err
	}
	if prefix == "" {
		return m, nil
	}
	if err := secretmux.ValidateName(prefix + "x"); err != nil {
		return nil, &secretmux.Error{
			Op: "open", Class: secretmux.ErrInvalid, Err: errors.New("memory: prefix= can't be the start of a name"),
			Hint: "write a prefix such as app/",
		}
	}
	return &prefixed{m: m, prefix: prefix}, nil
}

// prefixed is the part of a Provider below a prefix.
type prefixed struct {
	m      *Provider
	prefix string
}

func (p *prefixed) String() string { return p.m.String() + "?prefix=" + p.prefix }

func (p *prefixed) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	return p.m.Get(ctx, p.prefix+name)
}

func (p *prefixed) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	return p.m.GetVersion(ctx, p.prefix+name, version)
}

func (p *prefixed) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	full := make([]string, len(names))
	for i, name := range names {
		full[i] = p.prefix + name
		if secretmux.ValidateName(name) != nil {
			full[i] = "" // refused here, because the prefix could make it a good name
		}
	}
	results, err := p.m.GetMany(ctx, full)
	for i := range results {
		results[i].Name = names[i]
	}
	return results, err
}

func (p *prefixed) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		for info, err := range p.m.List(ctx, p.prefix+prefix) {
			info.Name = strings.TrimPrefix(info.Name, p.prefix)
			if err == nil && secretmux.ValidateName(info.Name) != nil {
				continue // "app" + prefix "ap" leaves a name, "app/x" + prefix "app" leaves "/x"
			}
			if !yield(info, err) {
				return
			}
		}
	}
}

func (p *prefixed) Check(ctx context.Context) error { return p.m.Check(ctx) }

func (p *prefixed) Close() error { return p.m.Close() }
