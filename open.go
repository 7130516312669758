package secretmux

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretmux/secretmux/internal/pasted"
	"github.com/secretmux/secretmux/internal/spelling"
)

// OpenFunc makes the provider of one link. It does no network I/O: it works
// while the backend is down. It reads its parameters through [URI.Params] and
// ends with [Params.Done], so that a misspelt one is an error.
type OpenFunc func(ctx context.Context, u *URI) (Provider, error)

// Backend says how to open the schemes of one package, by scheme. Nothing
// registers itself: what a program can open is what it names.
type Backend map[string]OpenFunc

// Open opens the chain that config describes and returns a store over it, with the
// default options; [Opener] takes others. It does no network I/O and works while
// backends are down; [Store.Check] probes them. All mistakes in config are reported at
// once, as ErrInvalid, and no part of it is quoted. Close the store when done.
func Open(ctx context.Context, config string, backends ...Backend) (*Store, error) {
	return (&Opener{Backends: backends}).Open(ctx, config)
}

// Opener opens config strings with options. The zero Opener knows no backends.
type Opener struct {
	// Backends are the schemes that config strings may use. A scheme that two of
	// them have is ErrInvalid.
	Backends []Backend
	// Options are the options of the store.
	Options Options
}

// Open is like the package's Open, with o's options.
func (o *Opener) Open(ctx context.Context, config string) (*Store, error) {
	schemes, err := o.schemes()
	if err != nil {
		return nil, err
	}
	// Only an empty string ends here. A link that does not parse is told by openChain,
	// with what is wrong in the others.
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
		// The store owns p only once it exists.
		return nil, errors.Join(err, Close(p))
	}
	return s, nil
}

// Two backends with one scheme are refused although a map would take the last: which
// one reads production must not depend on the order of arguments.
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

// ConfigLink is one link of a parsed config string. It is for tools that look at a
// config string without opening it.
type ConfigLink struct {
	// URI is the link. It is nil if the link does not parse.
	URI *URI
	// Err says what is wrong with the link as far as can be told without its
	// backend: its form and the parameters that every link takes. It quotes none
	// of it.
	Err error
	// Overlay counts the parts between commas, Replica those between bars within
	// one of them, both from 0.
	Overlay, Replica int
}

// ParseConfig splits a config string into its links, in order, and opens nothing.
// The error joins the errors of all links, numbered from 1. It is ErrInvalid and
// quotes nothing. The links are returned even with an error, except for an empty
// string.
func ParseConfig(config string) ([]ConfigLink, error) {
	// Variables often end in a newline, as from $(cat file).
	trimmed := strings.TrimSpace(config)
	switch {
	case trimmed == "":
		return nil, invalidURI("the config string is empty", `say where secrets are, as in "env:,dotenv:.env"; see docs/config.md`)
	case len(trimmed) > 1 && (trimmed[0] == '"' || trimmed[0] == '\'') && trimmed[len(trimmed)-1] == trimmed[0]:
		return nil, invalidURI("the config string has quotes around it",
			"take them out: docker --env-file, systemd's EnvironmentFile and Kubernetes hand quotes on as they are")
	}
	var (
		links []ConfigLink
		errs  []error
	)
	overlay := 0
	// A , or | inside a link is percent-encoded, so that the text can be divided before
	// it is parsed, and a mistake in one link leaves the others readable.
	for group := range strings.SplitSeq(config, ",") {
		replica := 0
		for text := range strings.SplitSeq(group, "|") {
			l := ConfigLink{Overlay: overlay, Replica: replica}
			// The parameters that every link takes are checked here as well: a tool
			// that looks at a config string has no backends to open.
			if l.URI, l.Err = parseLink(strings.TrimSpace(text)); l.Err == nil {
				_, l.Err = parsePolicy(l.URI)
			}
			links = append(links, l)
			if l.Err != nil {
				errs = append(errs, numbered(len(links), l.Err))
			}
			replica++
		}
		overlay++
	}
	return links, errors.Join(errs...)
}

func parseLink(text string) (*URI, error) {
	if text == "" {
		return nil, invalidURI("it is empty", "take out the extra , or |")
	}
	if strings.HasSuffix(text, ";") {
		return nil, invalidURI("it has a ; at its end", "take it out; in a path, write %3B for one")
	}
	if hint := pasted.Hidden(text); hint != "" {
		return nil, invalidURI("it has a character that can't be seen", hint)
	}
	return ParseURI(text)
}

// numbered says which link of the config string an error is about. Several
// joined errors stay several.
func numbered(n int, err error) error {
	inner := outermost(err)
	if joined, ok := err.(interface{ Unwrap() []error }); ok && inner != nil && error(inner) != err { //nolint:errorlint // asks whether anything wraps it
		var errs []error
		for _, one := range joined.Unwrap() {
			errs = append(errs, numbered(n, one))
		}
		return errors.Join(errs...)
	}
	// A provider may return what it likes. Its own class is kept: a file that can't be
	// read is not a mistake of the string.
	e := &Error{Class: cmp.Or(ClassOf(err), ErrInvalid), Err: err}
	if inner != nil {
		*e = *inner
	}
	e.Op = fmt.Sprintf("open link %d", n)
	return e
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
	// One link needs no composition around it, and a single group no chain: a cold read
	// then crosses fewer functions, and errors have no list of one.
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

// openLink opens one link. All that is wrong with it comes in one error, and what was
// opened is closed then.
func openLink(ctx context.Context, schemes Backend, text ConfigLink) (Provider, error) {
	u := text.URI
	if u == nil {
		return nil, text.Err
	}
	open, ok := schemes[u.Scheme]
	if !ok {
		return nil, errors.Join(text.Err, unknownScheme(schemes, u.Scheme))
	}
	// The provider is opened although the policy is wrong, to tell its mistakes too.
	pol, malformed := parsePolicy(u)
	p, err := open(ctx, u)
	switch {
	case err == nil && isNil(p):
		err = invalid("open", "the backend of "+u.Scheme+": returned no provider", "")
	case err == nil && malformed != nil:
		// It is not used after all.
		err = Close(p)
	}
	if malformed != nil || err != nil {
		return nil, errors.Join(malformed, err)
	}
	// String is canonical and holds no credentials, so that it can be the source of
	// secrets, events and errors.
	return newLink(p, u.String(), pol), nil
}

// unknownScheme does not quote the scheme unless it is one of this repository's:
// a password with a colon in it would be one.
func unknownScheme(schemes Backend, scheme string) error {
	known := strings.Join(slices.Sorted(maps.Keys(schemes)), ":, ")
	if known != "" {
		known = "known schemes: " + known + ":"
	}
	if pkg := pasted.Home(scheme); pkg != "" {
		hint := `import "github.com/secretmux/secretmux/` + pkg + `" and pass its Backend()`
		return invalid("open", "the scheme "+scheme+": is not linked in", strings.TrimSuffix(hint+"; "+known, "; "))
	}
	if known == "" {
		return invalid("open", "no backends were given", "pass local.Backend() of github.com/secretmux/secretmux/providers/local")
	}
	all := slices.Concat(slices.Collect(maps.Keys(schemes)), pasted.Schemes())
	if meant := cmp.Or(spelling.Nearest([]string{scheme}, all), spelling.Longer(scheme, all)); meant != "" {
		known = "did you mean " + meant + ":? " + known
	} else if meant = pasted.Instead(scheme); meant != "" {
		known = "write " + meant + "; " + known
	} else if len(scheme) == 1 { // the drive of a path of Windows
		known = pasted.PathHint + "; " + known
	}
	return invalid("open", "its scheme is unknown", known)
}
