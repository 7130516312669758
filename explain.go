package secretmux

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Role is a link's part in answering a reference.
type Role string

// The roles of a link in an [Explanation].
const (
	RoleAnswers   Role = "answers"     // its value is what Get returns
	RoleShadowed  Role = "shadowed"    // it has a value, but a link before it answers or stops
	RolePassed    Role = "passed"      // it has no answer and the chain goes on
	RoleStops     Role = "stops"       // it failed, and Get fails with it
	RoleUnreached Role = "not reached" // it has no answer, and Get does not ask it
	RoleUnasked   Role = "not asked"   // only= leaves the name out
)

// Outcome is what one link said when it was asked for a reference.
//
// It is for people and tools that ask why a secret has the value it has, and safe to
// print: it has no value and no length of one.
type Outcome struct {
	Source   string
	Role     Role
	Class    error         // that of Err
	Err      error         // nil when the link has the secret and, if asked for, its field
	Duration time.Duration // how long the link took
	Version  string        // empty when unknown
	Document string        // the JSON secret of document=; empty without it
	Age      time.Duration // since the version was created; zero when unknown
}

// Explanation tells where a reference is found. It holds no value.
type Explanation struct {
	Ref   string
	Links []Outcome
}

// String formats the explanation as a table. Below it is what the errors of
// the links say to do.
func (e Explanation) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "LINK\tROLE\tOUTCOME\tVERSION\tAGE\tTOOK")
	for _, o := range e.Links {
		// It is the word for both: a value that answers and one that is shadowed. The
		// role tells them apart.
		outcome := "found"
		switch {
		case o.Role == RoleUnasked:
			outcome = ""
		case errors.Is(o.Err, ErrFieldNotFound):
			outcome = ErrFieldNotFound.Error()
		case o.Err != nil:
			outcome = className(o.Err)
		}
		age := ""
		if o.Age > 0 {
			age = o.Age.Round(time.Second).String()
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n",
			o.Source, o.Role, outcome, o.Version, age, o.Duration.Round(time.Microsecond))
	}
	_ = w.Flush()
	e.writeHints(&b)
	return b.String()
}

// writeHints puts the hints below the table, as they are sentences. A hint that several
// links give is told once, with the first of them.
func (e Explanation) writeHints(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	var told []string
	for _, o := range e.Links {
		hint := hintOf(o.Err)
		if hint == "" || slices.Contains(told, hint) {
			continue
		}
		if told == nil {
			_, _ = fmt.Fprintln(w, "\nLINK\tHINT")
		}
		told = append(told, hint)
		_, _ = fmt.Fprintf(w, "%s\t%s\n", o.Source, hint)
	}
	_ = w.Flush()
}

// Explain asks every link below p for ref, past the cache, and tells who answers
// and who is shadowed. A reference that does not parse, and a closed store, are an
// Explanation with one outcome, which says so. Each link is asked within its
// timeout.
func Explain(ctx context.Context, p Provider, ref string) Explanation {
	r, err := ParseRef(ref)
	if err != nil {
		return unexplained("the reference", err)
	}
	// A plain provider becomes a link for this one question, so that it has a timeout.
	outcomes, _, _ := asNode(p, 0).explain(ctx, r)
	return Explanation{Ref: r.String(), Links: outcomes}
}

// unexplained is what is told where no link could be asked.
func unexplained(source string, err error) Explanation {
	return Explanation{Links: []Outcome{{Source: source, Role: RoleStops, Class: ClassOf(err), Err: err}}}
}

// explain goes past the cache: what a store keeps shows in its Status, and here the
// question is what the backends say now.
func (s *Store) explain(ctx context.Context, r Ref) (outcomes []Outcome, settled bool, err error) {
	if s.cache.Closed() {
		err := closedError("explain")
		return unexplained(s.String(), err).Links, false, err
	}
	return s.provider.explain(ctx, r)
}

// explain is walk, but it asks the links after the one that settles the matter
// too.
//
// The steps until then must be those of walk. The random compositions in
// testing/composition hold both against the same oracle.
func (c *composition) explain(ctx context.Context, r Ref) (all []Outcome, settled bool, result error) {
	var attempts []Attempt
	ended := false
	for _, n := range c.links {
		outcomes, final, err := n.explain(ctx, r)
		switch {
		case !n.asks(r.Name): // its outcomes say so
		// Nothing after this point changes the answer. What these links have is only
		// shown.
		case ended:
			relabel(outcomes, RoleShadowed, RoleUnreached)
		case err != nil && !(final && c.rule.overlay) && c.passes(n, err):
			relabel(outcomes, RoleAnswers, RolePassed)
			attempts = append(attempts, Attempt{Source: n.String(), Err: err, link: n})
		default:
			ended, settled, result = true, final, err
			if err != nil {
				// A chain inside replicas may have passed over a link, and these stop
				// because of it: that link is the one to look at.
				markStop(outcomes, ClassOf(err))
			}
		}
		all = append(all, outcomes...)
	}
	if !ended {
		result = c.exhausted("get", r.Name, attempts)
	}
	return all, settled, result
}

// markStop gives RoleStops to the outcome that made a composition fail with
// class, unless the composition found it itself.
func markStop(outcomes []Outcome, class error) {
	if slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Role == RoleStops }) {
		return
	}
	for i := range outcomes {
		if outcomes[i].Role == RolePassed && errors.Is(outcomes[i].Class, class) {
			outcomes[i].Role = RoleStops
			return
		}
	}
}

// relabel gives outcomes with a value one role, and those without the other.
//
// A link is told as part of what is around it: "answers" inside a chain that does not
// answer is "shadowed".
func relabel(outcomes []Outcome, found, failed Role) {
	for i := range outcomes {
		switch outcomes[i].Role {
		case RoleAnswers:
			outcomes[i].Role = found
		case RolePassed, RoleStops:
			outcomes[i].Role = failed
		case RoleShadowed, RoleUnreached, RoleUnasked:
		}
	}
}

// explain asks one link, and names the version and age of what it has. The field is
// looked up too, as a field that is missing is the usual reason to ask.
func (l *link) explain(ctx context.Context, r Ref) (outcomes []Outcome, settled bool, err error) {
	switch {
	case !l.policy.only.Has(r.Name):
		return []Outcome{{Source: l.source, Role: RoleUnasked}}, false, unasked("get", r.Name, l.source)
	case l.inner != nil:
		return l.inner.explain(ctx, r)
	}
	start := time.Now()
	// The same call as a read makes, with its bounds and its second try.
	secret, settled, err := readRef(ctx, l, r)
	o := Outcome{
		Source: l.source, Role: RoleAnswers, Duration: time.Since(start),
		Version: secret.Version(), Document: l.policy.document, Err: err,
	}
	// An unknown age is zero, which is shown as nothing rather than as new.
	if !secret.Created().IsZero() {
		o.Age = time.Since(secret.Created())
	}
	switch {
	case err != nil:
		o.Role = RoleStops
	case r.Field != "":
		_, o.Err = secret.Field(r.Field) // the link answers all the same
	}
	o.Class = ClassOf(o.Err)
	return []Outcome{o}, settled, err
}

// Probed is how one link fared in a [Probe].
type Probed struct {
	// Source is the link's redacted URI.
	Source string
	// Err is why the link failed; nil when it could be reached and knows who
	// asks, or when its provider has nothing to check. Class and Hint are those
	// of Err.
	Err   error
	Class error
	Hint  string
	// Duration is how long the check took.
	Duration time.Duration
}

// Probe checks each link below p, as [Check] does, and returns one result for
// each, in the order of the config string. A provider that is not made of links
// is one link. Each link is checked within its timeout, even if it does not stop
// when its context ends. It reads no secret.
func Probe(ctx context.Context, p Provider) []Probed { return asNode(p, 0).probe(ctx) }

// probeOne checks one link and takes the time.
func probeOne(ctx context.Context, source string, check func(context.Context) error) Probed {
	start := time.Now()
	err := check(ctx)
	return Probed{Source: source, Err: err, Class: ClassOf(err), Hint: hintOf(err), Duration: time.Since(start)}
}

// probe is Check, or that of each link below.
func (l *link) probe(ctx context.Context) []Probed {
	if l.inner != nil {
		return l.inner.probe(ctx)
	}
	return []Probed{probeOne(ctx, l.source, l.Check)}
}

// probe is Check with one result for each link, in the order of the config string.
func (c *composition) probe(ctx context.Context) []Probed {
	return slices.Concat(each(c.links, nil, func(n node) []Probed { return n.probe(ctx) })...)
}

// probe asks the links of an open store. A closed one has none to ask.
func (s *Store) probe(ctx context.Context) []Probed {
	if s.cache.Closed() {
		return []Probed{probeOne(ctx, s.String(), func(context.Context) error { return closedError("check") })}
	}
	return s.provider.probe(ctx)
}
