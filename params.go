package secretmux

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secretmux/secretmux/internal/pattern"
	"github.com/secretmux/secretmux/internal/spelling"
)

// Params reads the parameters of a [URI]. Each method names one parameter, checks
// it and stores it where the caller wants it, and leaves the variable unchanged
// when the parameter is absent. [Params.Done] then reports everything that was
// wrong, and every parameter that was not named. Values are never quoted.
//
// A Params is for one goroutine.
//
// It collects mistakes instead of returning the first, so that one run tells all of
// them.
type Params struct {
	scheme string
	values map[string][]string
	known  []string
	wrong  []malformed
}

// malformed is a parameter that can't be read, and what it takes; nothing where it
// is empty.
type malformed struct{ key, want string }

// Params returns a reader of u's parameters, without those that every link takes
// (document, on, only, retry, stale, timeout, ttl), which Open handles itself.
func (u *URI) Params() *Params {
	p := &Params{scheme: u.Scheme, values: u.params, known: slices.Clone(linkParams)}
	// Otherwise missing= belongs to the provider, which reads it or not.
	if p.Has("document") {
		p.known = append(p.known, "missing") // then it is about the document
	}
	return p
}

// Text reads a parameter that may hold any text except the empty one: "role=" is
// more often an unset variable than a wish.
func (p *Params) Text(key string, into *string) {
	value, ok := p.take(key)
	switch {
	case !ok:
	case value == "":
		p.wrong = append(p.wrong, malformed{key, ""})
	default:
		*into = value
	}
}

// Texts reads a parameter that a link may have several times, in the order of the
// link. That is arg only; none of them may be empty.
func (p *Params) Texts(key string, into *[]string) {
	_, ok := p.take(key)
	switch values := p.values[key]; {
	case !ok:
	case slices.Contains(values, ""):
		p.wrong = append(p.wrong, malformed{key, ""})
	default:
		*into = slices.Clone(values)
	}
}

// Bool reads a parameter that is true or false.
func (p *Params) Bool(key string, into *bool) {
	value, ok := p.take(key)
	switch {
	case !ok:
	case value == "true" || value == "false":
		*into = value == "true"
	default:
		p.bad(key, "true or false")
	}
}

// Enum reads a parameter that is one of allowed.
func (p *Params) Enum(key string, into *string, allowed ...string) {
	value, ok := p.take(key)
	switch {
	case !ok:
	case slices.Contains(allowed, value):
		*into = value
	default:
		p.bad(key, strings.Join(allowed, ", "))
	}
}

// Int reads a parameter that is a decimal number from lowest to highest.
func (p *Params) Int(key string, into *int, lowest, highest int) {
	value, ok := p.take(key)
	if !ok {
		return
	}
	// The error of strconv quotes its input, so it is not wrapped.
	n, err := strconv.Atoi(value)
	if err != nil || n < lowest || n > highest {
		p.bad(key, fmt.Sprintf("a number from %d to %d", lowest, highest))
		return
	}
	*into = n
}

// Duration reads a parameter such as 90s or 5m, as time.ParseDuration has it;
// negative ones are refused.
func (p *Params) Duration(key string, into *time.Duration) {
	value, ok := p.take(key)
	if !ok {
		return
	}
	// So does that of time.
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 {
		p.bad(key, "a duration such as 90s or 5m, not negative")
		return
	}
	*into = d
}

// Has reports whether the URI has the parameter. It does not count as naming it.
func (p *Params) Has(key string) bool {
	_, ok := p.values[key]
	return ok
}

// Done returns nil when every parameter was named and well-formed, and otherwise
// errors that are ErrInvalid and list the parameters that are known.
func (p *Params) Done() error {
	var unknown []string
	for key := range p.values {
		if !slices.Contains(p.known, key) {
			unknown = append(unknown, key)
		}
	}
	// Which parameters exist is known at the end only, when the provider has named all
	// of its own.
	names := slices.Compact(slices.Sorted(slices.Values(p.known)))
	known := "known are " + strings.Join(names, ", ")
	errs := p.problems(known)
	if len(unknown) > 0 {
		hint := known
		if meant := spelling.Nearest(unknown, names); meant != "" {
			hint = "did you mean " + meant + "=? " + known
		}
		// The unknown ones are counted and not named: a name may be half of a secret
		// that has an & in it.
		errs = append(errs, invalidURI(fmt.Sprintf("%s: has %d unknown parameter(s)", p.scheme, len(unknown)), hint))
	}
	return errors.Join(errs...)
}

// problems are the errors for the malformed parameters.
func (p *Params) problems(known string) []error {
	errs := make([]error, 0, len(p.wrong)+1)
	for _, w := range p.wrong {
		if w.want == "" {
			errs = append(errs, invalidURI(p.scheme+": the parameter "+w.key+" is empty", "give it a value or leave it out; "+known))
			continue
		}
		errs = append(errs, invalidURI(p.scheme+": the parameter "+w.key+" is malformed", w.key+" takes "+w.want+"; "+known))
	}
	return errs
}

// take names a parameter, so that Done knows it, and returns its value.
func (p *Params) take(key string) (string, bool) {
	p.known = append(p.known, key)
	return first(p.values[key])
}

// bad notes that a parameter can't be read.
func (p *Params) bad(key, want string) { p.wrong = append(p.wrong, malformed{key, want}) }

// linkParams are the parameters that every link takes.
var linkParams = []string{"document", "on", "only", "retry", "stale", "timeout", "ttl"} //nolint:gochecknoglobals // a constant list

// parsePolicy reads the parameters that every link takes.
//
// It is asked twice, once for the form of a config string and once when the link is
// opened: the first must not need a backend.
func parsePolicy(u *URI) (policy, error) {
	var pol policy
	// It has a Params of its own, in which the provider's parameters are simply not
	// looked for.
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
		if pol.only, ok = pattern.Parse(patterns); !ok {
			p.bad("only", "patterns of names joined by +, such as db/*+payments/**, where * is any part of a segment and ** any segments")
		}
	}
	// Enum leaves retry empty without the parameter. The policy has to tell that from
	// off.
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

// refuseTooShort finds numbers whose unit was forgotten.
func (pol *policy) refuseTooShort(p *Params) {
	for _, d := range []struct {
		key      string
		value    *time.Duration
		shortest time.Duration
	}{{"ttl", pol.ttl, shortestTTL}, {"stale", pol.stale, shortestTTL}, {"timeout", &pol.timeout, shortestTimeout}} {
		// ttl=0 and stale=0 are wishes. timeout=0 was refused before.
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
