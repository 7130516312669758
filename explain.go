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
)

// Outcome is what one link said when it was asked for a reference.
type Outcome struct {
	Source   string
	Role     Role
	Class    error         // that of Err
	Err      error         // nil when the link has the secret and, if asked for, its field
	Duration time.Duration // how long the link took
	Version  string        // empty when unknown
	Age      time.Duration // since the version was created; zero when unknown
}

// Explanation tells where a reference is found. It holds no value.
type Explanation struct {
	Ref   string
	Links []Outcome
}

// String formats the explanation as a table.
func (e Explanation) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "LINK\tROLE\tOUTCOME\tVERSION\tAGE\tTOOK")
	for _, o := range e.Links {
		outcome := "found"
		switch {
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
	return b.String()
}

// Explain asks every link for ref, past the cache, and tells who answers and who
// is shadowed. A reference that does not parse is an Explanation with one
// outcome, which says so.
func (c *Chain) Explain(ctx context.Context, ref string) Explanation { return explain(ctx, c, ref) }

// Explain asks every replica for ref. See [Chain.Explain].
func (r *Replicas) Explain(ctx context.Context, ref string) Explanation { return explain(ctx, r, ref) }

// Explain asks every link of the store for ref, past the cache. See [Chain.Explain].
func (s *Store) Explain(ctx context.Context, ref string) Explanation {
	if s.cache.Closed() {
		return unexplained(s.String(), closedError("explain"))
	}
	return explain(ctx, s.provider, ref)
}

func explain(ctx context.Context, p Provider, ref string) Explanation {
	r, err := ParseRef(ref)
	if err != nil {
		return unexplained("the reference", err)
	}
	outcomes, _ := explainTree(ctx, p, r)
	return Explanation{Ref: r.String(), Links: outcomes}
}

func unexplained(source string, err error) Explanation {
	return Explanation{Links: []Outcome{{Source: source, Role: RoleStops, Class: ClassOf(err), Err: err}}}
}

// explainTree asks every link below p and returns their outcomes, with the error
// that p would return.
func explainTree(ctx context.Context, p Provider, r Ref) ([]Outcome, error) {
	switch p := p.(type) {
	case *Chain:
		return explainWalk(ctx, p.links, p.err, passesChain, r)
	case *Replicas:
		return explainWalk(ctx, p.links, p.err, passesReplicas, r)
	case *Store:
		return explainTree(ctx, p.provider, r)
	default:
		return explainLink(ctx, p, r)
	}
}

// explainWalk is [walk], but it asks the links after the one that settles the
// matter too.
func explainWalk(ctx context.Context, links []Provider, broken error, passes func(error) bool, r Ref) ([]Outcome, error) {
	if broken != nil {
		return []Outcome{{Role: RoleStops, Class: ClassOf(broken), Err: broken}}, broken
	}
	var (
		all      []Outcome
		attempts []Attempt
		settled  bool
		result   error
	)
	for _, l := range links {
		outcomes, err := explainTree(ctx, l, r)
		switch {
		case settled:
			relabel(outcomes, RoleShadowed, RoleUnreached)
		case err != nil && passes(err):
			relabel(outcomes, RoleAnswers, RolePassed)
			attempts = append(attempts, Attempt{Source: sourceOf(l), Err: err})
		default:
			settled, result = true, err
			if err != nil {
				markStop(outcomes, ClassOf(err))
			}
		}
		all = append(all, outcomes...)
	}
	if !settled {
		result = exhausted("get", r.Name, attempts)
	}
	return all, result
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
func relabel(outcomes []Outcome, found, failed Role) {
	for i := range outcomes {
		switch outcomes[i].Role {
		case RoleAnswers:
			outcomes[i].Role = found
		case RolePassed, RoleStops:
			outcomes[i].Role = failed
		case RoleShadowed, RoleUnreached:
		}
	}
}

func explainLink(ctx context.Context, p Provider, r Ref) ([]Outcome, error) {
	start := time.Now()
	secret, err := fetch(ctx, p, r)
	o := Outcome{Source: sourceOf(p), Role: RoleAnswers, Duration: time.Since(start), Version: secret.Version(), Err: err}
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
	return []Outcome{o}, err
}

// fetch reads the document of r from one link.
func fetch(ctx context.Context, p Provider, r Ref) (Secret, error) {
	if r.Version == "" {
		return p.Get(ctx, r.Name)
	}
	return versionOf(ctx, p, r.Name, r.Version)
}
