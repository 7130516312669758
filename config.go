package secretmux

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// linkParams are the parameters that every link takes.
var linkParams = []string{"document", "on", "only", "retry", "stale", "timeout", "ttl"} //nolint:gochecknoglobals // a constant list

// ConfigLink is one link of a parsed config string. It is for tools that look at a
// config string without opening it.
type ConfigLink struct {
	// URI is the link; nil where it does not parse.
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
// The error joins those of the links, numbered from 1; it is ErrInvalid and
// quotes nothing. The links are returned even with an error, except for an empty
// string.
func ParseConfig(config string) ([]ConfigLink, error) {
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
	for group := range strings.SplitSeq(config, ",") {
		replica := 0
		for text := range strings.SplitSeq(group, "|") {
			l := ConfigLink{Overlay: overlay, Replica: replica}
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
	if hint := hidden(text); hint != "" {
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
	e := &Error{Class: cmp.Or(ClassOf(err), ErrInvalid), Err: err}
	if inner != nil {
		*e = *inner
	}
	e.Op = fmt.Sprintf("open link %d", n)
	return e
}

// parsePolicy reads the parameters that every link takes.
func parsePolicy(u *URI) (policy, error) {
	var pol policy
	p := &Params{scheme: u.Scheme, values: u.params}
	pol.ttl = p.duration("ttl")
	pol.stale = p.duration("stale")
	if timeout := p.duration("timeout"); timeout != nil {
		if pol.timeout = *timeout; pol.timeout == 0 {
			p.bad("timeout", "a duration over zero, such as 5s")
		}
	}
	if on, ok := p.text("on"); ok {
		if pol.on = parseOn(on); pol.on == nil {
			p.bad("on", "classes joined by +, of corrupt, denied, disabled, notfound, throttled, toolarge, unauthenticated, unavailable")
		}
	}
	if patterns, ok := p.text("only"); ok {
		if pol.only, ok = parseOnly(patterns); !ok {
			p.bad("only", "patterns of names joined by +, such as db/*+payments/**, where * is any part of a segment and ** any segments")
		}
	}
	var retry string
	if p.Enum("retry", &retry, "on", "off"); retry != "" {
		on := retry == "on"
		pol.retry = &on
	}
	parseDocument(p, &pol)
	pol.refuseTooShort(p)
	return pol, errors.Join(p.problems("every link takes " + strings.Join(linkParams, ", "))...)
}

// parseDocument reads document=, and with it missing=, which is a provider's own
// parameter otherwise.
func parseDocument(p *Params, pol *policy) {
	name, ok := p.text("document")
	if !ok {
		return
	}
	if ValidateName(name) != nil {
		p.bad("document", "the name of a secret, without # and ?")
		return
	}
	pol.document = name
	var missing string
	p.Enum("missing", &missing, "absent", "unavailable")
	pol.documentAbsent = missing == "absent"
}

// The shortest durations. A shorter one is a number whose unit was forgotten.
const (
	shortestTTL     = 10 * time.Millisecond
	shortestTimeout = time.Millisecond
)

func (pol *policy) refuseTooShort(p *Params) {
	for _, d := range []struct {
		key      string
		value    *time.Duration
		shortest time.Duration
	}{{"ttl", pol.ttl, shortestTTL}, {"stale", pol.stale, shortestTTL}, {"timeout", &pol.timeout, shortestTimeout}} {
		if d.value != nil && *d.value > 0 && *d.value < d.shortest {
			p.bad(d.key, "a duration of "+d.shortest.String()+" or more, such as 5m")
		}
	}
}

// text reads a parameter of the link.
func (p *Params) text(key string) (string, bool) {
	var value string
	p.Text(key, &value)
	return value, value != ""
}

// duration reads a parameter of the link; nil where there is none.
func (p *Params) duration(key string) *time.Duration {
	if !p.Has(key) {
		p.known = append(p.known, key)
		return nil
	}
	var d time.Duration
	p.Duration(key, &d)
	return &d
}

// parseOn reads classes joined by "+", which a query decodes to a space. It
// returns nil for what it can't read.
func parseOn(value string) []error {
	byName := map[string]error{
		"notfound": ErrNotFound, "disabled": ErrDisabled, "denied": ErrDenied, "unauthenticated": ErrUnauthenticated,
		"throttled": ErrThrottled, "unavailable": ErrUnavailable, "corrupt": ErrCorrupt, "toolarge": ErrTooLarge,
	}
	var classes []error
	for _, name := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '+' }) {
		class, ok := byName[name]
		if !ok {
			return nil
		}
		if !slices.Contains(classes, class) {
			classes = append(classes, class)
		}
	}
	return classes
}

// only holds the patterns of only=: the names that a link is asked for. A nil
// only has every name.
type only [][]string // each pattern by segment

// parseOnly reads patterns joined by "+", which a query decodes to a space. It
// returns false for what path.Match can't read, and for none.
func parseOnly(value string) (only, bool) {
	var o only
	for _, pattern := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '+' }) {
		segments := strings.Split(pattern, "/")
		for _, s := range segments {
			if _, err := path.Match(s, ""); err != nil || s == "" {
				return nil, false
			}
		}
		o = append(o, segments)
	}
	return o, o != nil
}

// has reports whether the link is asked for name, which has no version or field.
func (o only) has(name string) bool {
	if o == nil {
		return true
	}
	segments := strings.Split(name, "/")
	for _, pattern := range o {
		if matches(pattern, segments) {
			return true
		}
	}
	return false
}

// matches compares segment by segment, as path.Match does; ** is any number of
// segments, also none. A pattern has few **, so that trying each length is cheap.
func matches(pattern, segments []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for rest := range len(segments) + 1 {
				if matches(pattern[1:], segments[rest:]) {
					return true
				}
			}
			return false
		}
		if len(segments) == 0 {
			return false
		}
		if ok, _ := path.Match(pattern[0], segments[0]); !ok {
			return false
		}
		pattern, segments = pattern[1:], segments[1:]
	}
	return len(segments) == 0
}
