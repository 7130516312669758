package secretmux

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
)

// OpenFunc makes the provider of one link. It does no network I/O: it works
// while the backend is down. It reads its parameters through [URI.Params] and
// ends with [Params.Done], so that a misspelt one is an error.
type OpenFunc func(ctx context.Context, u *URI) (Provider, error)

// Backend says how to open the schemes of one package, by scheme. Nothing
// registers itself: what a program can open is what it names.
type Backend map[string]OpenFunc

// Open opens the chain that config describes and returns a store over it, with
// the default options; [Opener] takes others. It does no network I/O and works
// while backends are down;
// [Store.Check] is the probe. All mistakes in config are reported at once, as
// ErrInvalid, and none of it is quoted. Close the store when done.
func Open(ctx context.Context, config string, backends ...Backend) (*Store, error) {
	return (&Opener{Backends: backends}).Open(ctx, config)
}

// Opener opens config strings with options. The zero Opener knows no backends.
type Opener struct {
	// Backends are the schemes that config strings may use. A scheme that two of
	// them have is ErrInvalid.
	Backends []Backend
	// Options are those of the store.
	Options Options
}

// Open is like the package's Open, with o's options.
func (o *Opener) Open(ctx context.Context, config string) (*Store, error) {
	schemes, err := o.schemes()
	if err != nil {
		return nil, err
	}
	links, err := ParseConfig(config)
	if len(links) == 0 {
		return nil, err
	}
	p, err := openChain(ctx, schemes, links)
	if err != nil {
		return nil, err
	}
	s, err := New(p, o.Options)
	if err != nil {
		return nil, errors.Join(err, Close(p))
	}
	return s, nil
}

func (o *Opener) schemes() (Backend, error) {
	all := Backend{}
	for _, backend := range o.Backends {
		for scheme, open := range backend {
			if _, twice := all[scheme]; twice {
				return nil, invalid("open", "two backends claim the scheme "+scheme+":", "name each backend once")
			}
			if open == nil {
				return nil, invalid("open", "the backend of "+scheme+": has no OpenFunc", "")
			}
			all[scheme] = open
		}
	}
	return all, nil
}

// openChain opens every link, so that all mistakes are reported, and closes what
// it opened when there are any.
func openChain(ctx context.Context, schemes Backend, links []ConfigLink) (Provider, error) {
	var (
		groups [][]Provider
		opened []Provider
		errs   []error
	)
	for i, text := range links {
		l, err := openLink(ctx, schemes, text)
		if err != nil {
			errs = append(errs, numbered(i+1, err))
			continue
		}
		opened = append(opened, l)
		if text.Replica == 0 || len(groups) == 0 {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], l)
	}
	if len(errs) > 0 {
		for _, p := range opened {
			errs = append(errs, Close(p))
		}
		return nil, errors.Join(errs...)
	}
	chain := make([]Provider, len(groups))
	for i, replicas := range groups {
		chain[i] = replicas[0]
		if len(replicas) > 1 {
			r, err := NewReplicas(replicas...)
			if err != nil {
				return nil, err
			}
			chain[i] = r
		}
	}
	if len(chain) == 1 {
		return chain[0], nil
	}
	return NewChain(chain...)
}

func openLink(ctx context.Context, schemes Backend, text ConfigLink) (Provider, error) {
	u := text.URI
	if u == nil {
		return nil, text.Err
	}
	open, ok := schemes[u.Scheme]
	if !ok {
		return nil, errors.Join(text.Err, unknownScheme(schemes, u.Scheme))
	}
	pol, malformed := parsePolicy(u)
	p, err := open(ctx, u)
	switch {
	case err == nil && isNil(p):
		err = invalid("open", "the backend of "+u.Scheme+": returned no provider", "")
	case err == nil && malformed != nil:
		err = Close(p)
	}
	if malformed != nil || err != nil {
		return nil, errors.Join(malformed, err)
	}
	return newLink(p, u.String(), pol), nil
}

// unknownScheme does not quote the scheme unless it is one of this repository's:
// a password with a colon in it would be one.
func unknownScheme(schemes Backend, scheme string) error {
	known := strings.Join(slices.Sorted(maps.Keys(schemes)), ":, ")
	if known != "" {
		known = "known are " + known + ":"
	}
	if pkg := home(scheme); pkg != "" {
		hint := `import "github.com/secretmux/secretmux/` + pkg + `" and pass its Backend()`
		return invalid("open", "the scheme "+scheme+": is not linked in", strings.TrimSuffix(hint+"; "+known, "; "))
	}
	if known == "" {
		return invalid("open", "no backends were given", "pass local.Backend() of github.com/secretmux/secretmux/providers/local")
	}
	all := slices.Concat(slices.Collect(maps.Keys(schemes)), ownSchemes())
	if meant := cmp.Or(nearest([]string{scheme}, all), longer(scheme, all)); meant != "" {
		known = "did you mean " + meant + ":? " + known
	} else if meant = otherNames[scheme]; meant != "" {
		known = "write " + meant + "; " + known
	} else if len(scheme) == 1 { // the drive of a path of Windows
		known = hintPath + "; " + known
	}
	return invalid("open", "its scheme is unknown", known)
}

// longer returns those of known that are scheme with a further part, or scheme
// without its further part: gcp is gcp-sm, and vault+unix is vault.
func longer(scheme string, known []string) string {
	first, _, _ := strings.Cut(strings.ReplaceAll(scheme, "+", "-"), "-")
	var meant []string
	for _, word := range slices.Compact(slices.Sorted(slices.Values(known))) {
		if begin, _, _ := strings.Cut(word, "-"); begin == first {
			meant = append(meant, word)
		}
	}
	return strings.Join(meant, ": or ")
}

// home is the folder of the package that opens scheme.
func home(scheme string) string {
	switch scheme {
	case "env", "dotenv", "file", "docker", "systemd":
		return "providers/local"
	case "exec":
		return "providers/exec"
	case "aws-sm", "aws-ps":
		return "providers/aws"
	case "vault":
		return "providers/vault"
	case "gcp-sm":
		return "providers/gcp"
	case "azure-kv":
		return "providers/azure"
	case "age", "sops":
		return "providers/age"
	case "memory":
		return "testing/memory"
	}
	return ""
}

// ownSchemes are those of this repository, for "did you mean".
func ownSchemes() []string {
	return []string{
		"env", "dotenv", "file", "docker", "systemd", "exec", "aws-sm", "aws-ps", "vault", "gcp-sm", "azure-kv", "age", "sops",
	}
}
