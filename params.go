package secretmux

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Params reads the parameters of a [URI]. Each method names one parameter, checks
// it and stores it where the caller wants it, and leaves the variable unchanged
// when the parameter is absent. [Params.Done] then reports everything that was
// wrong, and every parameter that was not named. Values are never quoted.
//
// A Params is for one goroutine.
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
	names := slices.Compact(slices.Sorted(slices.Values(p.known)))
	known := "known are " + strings.Join(names, ", ")
	errs := p.problems(known)
	if len(unknown) > 0 {
		hint := known
		if meant := nearest(unknown, names); meant != "" {
			hint = "did you mean " + meant + "=? " + known
		}
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

func (p *Params) take(key string) (string, bool) {
	p.known = append(p.known, key)
	return first(p.values[key])
}

func (p *Params) bad(key, want string) { p.wrong = append(p.wrong, malformed{key, want}) }

// nearest returns the known word that is a slip of the hand away from one of
// written: one character more, less or other, or two neighbours swapped. It
// returns "" where none is, or where two are equally near. Only the known word may
// be shown: what was written may be a secret in the wrong place.
func nearest(written, known []string) string {
	found := ""
	for _, word := range slices.Compact(slices.Sorted(slices.Values(known))) {
		for _, w := range written {
			if w = strings.ToLower(w); w != word && !oneEditApart(w, word) {
				continue
			}
			if found != "" && found != word {
				return ""
			}
			found = word
		}
	}
	return found
}

// oneEditApart reports whether one edit makes a of b (Damerau-Levenshtein
// distance 1). Words of one or two characters are near to too many others.
func oneEditApart(a, b string) bool {
	if len(b) < 3 || a == b {
		return false
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	return a[i+1:] == b[i+1:] || swapped
}
