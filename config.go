package secretmux

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// linkParams are the parameters that every link takes.
var linkParams = []string{"ttl", "stale", "timeout", "on"} //nolint:gochecknoglobals // a constant list

// configLink is one link of a config string, or what is wrong with it.
type configLink struct {
	uri *URI
	err error
}

// parseConfig splits a config string into links in order, each a list of
// replicas. A malformed link keeps its place, so that one report can tell what
// is wrong with all of them. It quotes none.
func parseConfig(config string) ([][]configLink, error) {
	if strings.TrimSpace(config) == "" {
		return nil, invalidURI("the config string is empty", `say where secrets are, as in "env:,dotenv:.env"; see docs/config.md`)
	}
	var chain [][]configLink
	for group := range strings.SplitSeq(config, ",") {
		var replicas []configLink
		for text := range strings.SplitSeq(group, "|") {
			u, err := parseLink(strings.TrimSpace(text))
			replicas = append(replicas, configLink{u, err})
		}
		chain = append(chain, replicas)
	}
	return chain, nil
}

func parseLink(text string) (*URI, error) {
	if text == "" {
		return nil, invalidURI("it is empty", "take out the extra , or |")
	}
	return ParseURI(text)
}

// numbered says which link of the config string an error is about. Several
// joined errors stay several.
func numbered(n int, err error) error {
	var inner *Error
	known := errors.As(err, &inner)
	if joined, ok := err.(interface{ Unwrap() []error }); ok && known && error(inner) != err { //nolint:errorlint // asks whether anything wraps it
		var errs []error
		for _, one := range joined.Unwrap() {
			errs = append(errs, numbered(n, one))
		}
		return errors.Join(errs...)
	}
	e := &Error{Class: cmp.Or(ClassOf(err), ErrInvalid), Err: err}
	if known {
		*e = *inner
	}
	e.Op = fmt.Sprintf("open link %d", n)
	return e
}

// parsePolicy reads the parameters that every link takes.
func parsePolicy(u *URI) (policy, error) {
	var (
		pol policy
		on  string
	)
	p := &Params{scheme: u.Scheme, values: u.params}
	pol.ttl = durationParam(p, "ttl")
	pol.stale = durationParam(p, "stale")
	p.Duration("timeout", &pol.timeout)
	if p.Has("timeout") && pol.timeout == 0 && len(p.wrong) == 0 {
		p.bad("timeout", "a duration over zero, such as 5s")
	}
	p.Text("on", &on)
	if p.Has("on") {
		if pol.on = parseOn(on); pol.on == nil {
			p.bad("on", "classes joined by +, of corrupt, denied, disabled, notfound, throttled, toolarge, unauthenticated, unavailable")
		}
	}
	return pol, errors.Join(p.problems("every link takes " + strings.Join(linkParams, ", "))...)
}

func durationParam(p *Params, key string) *time.Duration {
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
