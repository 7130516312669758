package age

import (
	"maps"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

// keys are the keys of the file that fit name and have a value.
func (p *Provider) keys(c content, name string) []string {
	candidates := []string{env.Name(p.opts.Prefix, name)}
	if c.json {
		candidates = append(candidates, p.opts.Prefix+name, p.opts.Prefix+strings.ReplaceAll(name, "/", "_"))
	}
	slices.Sort(candidates)
	return slices.DeleteFunc(slices.Compact(candidates), func(key string) bool { return !p.has(c, key) })
}

func (p *Provider) has(c content, key string) bool {
	value, ok := c.values[key]
	return ok && (value != "" || p.opts.KeepEmpty || c.json)
}

// names are the names in c that start with prefix, sorted.
func (p *Provider) names(c content, prefix string) []string {
	if p.opts.Name != "" {
		if c.whole == nil || !strings.HasPrefix(p.opts.Name, prefix) {
			return nil
		}
		return []string{p.opts.Name}
	}
	var names []string
	for _, key := range slices.Sorted(maps.Keys(c.values)) {
		if name, ok := p.name(c, key, prefix); ok && p.has(c, key) {
			names = append(names, name)
		}
	}
	return names
}

// name returns a name that starts with prefix and for which Get returns this key.
func (p *Provider) name(c content, key, prefix string) (string, bool) {
	if holder, held := p.claims.Holder(key); held {
		return holder, strings.HasPrefix(holder, prefix)
	}
	start := env.Name(p.opts.Prefix, prefix)
	if prefix == "" {
		start = p.opts.Prefix
	}
	name := prefix + strings.ToLower(strings.TrimPrefix(key, start))
	if c.json {
		name = strings.TrimPrefix(key, p.opts.Prefix)
	}
	good := strings.HasPrefix(name, prefix) && secretmux.ValidateName(name) == nil
	return name, good && slices.Contains(p.keys(c, name), key)
}
