package dotenv

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

// List yields the keys that Get would answer, by the name that Get was asked
// for, and else as [env.Listed] turns them round: APP_DB_PASSWORD comes as
// db_password, or as db/password when prefix is db/. Keys that no name maps to are left out, and so are those with nothing in
// them without Options.KeepEmpty. Where there is no file it yields nothing.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		values, err := p.load(ctx)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			yield(secretmux.Info{}, p.classify("list", "", err))
			return
		}
		for key, value := range values {
			name, ok := p.nameOf(key, prefix)
			if !ok || value == "" && !p.opts.KeepEmpty {
				continue
			}
			if !yield(secretmux.Info{Name: name, Source: p.source}, nil) {
				return
			}
		}
	}
}

func (p *Provider) nameOf(key, prefix string) (string, bool) {
	if holder, held := p.claims.Holder(key); held {
		return holder, strings.HasPrefix(holder, prefix)
	}
	return env.Listed(p.opts.Prefix, key, prefix)
}
