package env

import (
	"context"
	"iter"
	"strings"

	"github.com/secretmux/secretmux"
)

// List yields the variables that Get would answer, by the name that Get was asked
// for, and else by one that it can be asked for: prefix as it is given, and then
// the rest of the variable in lower case. The mapping loses what stood in place
// of each underscore: APP_DB_PASSWORD comes as db_password, or as db/password
// when prefix is db/. With Options.Files a variable that ends in _FILE stands for
// the name without it. An entry of the environment whose name no secret maps
// to, such as one in lower case, is left out, and so is every one that is empty
// without Options.KeepEmpty.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		seen := make(map[string]bool)
		for _, entry := range p.opts.Environ() {
			if err := ctx.Err(); err != nil {
				yield(secretmux.Info{}, p.classify("list", "", err))
				return
			}
			name, ok := p.nameOf(entry, prefix)
			if !ok || seen[name] {
				continue
			}
			seen[name] = true
			if !yield(secretmux.Info{Name: name, Source: p.source}, nil) {
				return
			}
		}
	}
}

// nameOf returns the name that starts with prefix and is answered by entry,
// which is NAME=value.
func (p *Provider) nameOf(entry, prefix string) (string, bool) {
	variable, value, _ := strings.Cut(entry, "=")
	if p.opts.Files && value != "" {
		if base, ok := strings.CutSuffix(variable, fileSuffix); ok {
			variable = base
		}
	}
	if value == "" && !p.opts.KeepEmpty {
		return "", false
	}
	if holder, held := p.claims.Holder(variable); held {
		return holder, strings.HasPrefix(holder, prefix)
	}
	return Listed(p.opts.Prefix, variable, prefix)
}

// Listed turns [Name] round as far as that is possible: it returns a name that
// starts with start and that Name(prefix, name) maps to variable. The rest of it
// is in lower case. It reports false when there is no such name or
// [secretmux.ValidateName] refuses it.
func Listed(prefix, variable, start string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(variable, Name(prefix, start))
	if !ok {
		return "", false
	}
	name = start + strings.ToLower(rest)
	return name, Name(prefix, name) == variable && secretmux.ValidateName(name) == nil
}
