package secretmux

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Attempt is the outcome of one link that a composition passed over.
type Attempt struct {
	// Source is the link's redacted URI.
	Source string
	// Err is what the link said.
	Err error
}

// AttemptsError tells what each link of a [Chain] or [Replicas] said, when none
// answered. Reach it with errors.As. It does not unwrap to the attempts: one
// absent link must not make the whole ErrNotFound.
type AttemptsError struct{ Attempts []Attempt }

// Error lists each link with the class of its failure.
func (e *AttemptsError) Error() string {
	parts := make([]string, len(e.Attempts))
	for i, a := range e.Attempts {
		parts[i] = a.Source + " " + className(a.Err)
	}
	return "no link answered: " + strings.Join(parts, ", ")
}

func className(err error) string {
	if class := ClassOf(err); class != nil {
		return class.Error()
	}
	return "failed"
}

// walk asks links in order until one answers or fails in a way that passes does
// not let pass.
func walk(ctx context.Context, broken error, op, name string, links []Provider, passes func(error) bool,
	get func(Provider) (Secret, error),
) (Secret, error) {
	if broken != nil {
		return Secret{}, broken
	}
	var attempts []Attempt
	for i, l := range links {
		if i > 0 && ctx.Err() != nil {
			return Secret{}, interrupted(ctx, op, name)
		}
		secret, err := get(l)
		if err == nil {
			return secret, nil
		}
		if !passes(err) {
			return Secret{}, err
		}
		attempts = append(attempts, Attempt{Source: sourceOf(l), Err: err})
		observeFallback(ctx, name, sourceOf(l), err)
	}
	return Secret{}, exhausted(op, name, attempts)
}

// walkMany is walk for a batch: each link is asked once, for what is still open.
func walkMany(ctx context.Context, broken error, names []string, links []Provider, passes func(error) bool) ([]Result, error) {
	if broken != nil {
		return nil, broken
	}
	results := make([]Result, len(names))
	attempts := make(map[int][]Attempt)
	open := make([]int, len(names))
	for i := range names {
		results[i].Name, open[i] = names[i], i
	}
	for k, l := range links {
		if k > 0 && ctx.Err() != nil {
			for _, i := range open {
				results[i].Err = interrupted(ctx, "get", names[i])
			}
			return results, nil
		}
		var still []int
		for n, r := range getUnique(ctx, l, pick(names, open)) {
			i := open[n]
			results[i] = Result{Name: names[i], Secret: r.Secret, Err: r.Err}
			if r.Err != nil && passes(r.Err) {
				attempts[i] = append(attempts[i], Attempt{Source: sourceOf(l), Err: r.Err})
				observeFallback(ctx, names[i], sourceOf(l), r.Err)
				still = append(still, i)
			}
		}
		if open = still; len(open) == 0 {
			break
		}
	}
	for _, i := range open {
		results[i].Err = exhausted("get", names[i], attempts[i])
	}
	return results, nil
}

func pick(names []string, indices []int) []string {
	picked := make([]string, len(indices))
	for n, i := range indices {
		picked[n] = names[i]
	}
	return picked
}

// interrupted is the error when ctx ends before each link was asked. What the
// links before said is not the answer: a name that the first lacks is not absent.
func interrupted(ctx context.Context, op, name string) error {
	return &Error{Op: op, Name: name, Err: ctx.Err()}
}

// exhausted is the error when every link was passed over. Its class is that of
// the first link that did not say "not found", as the secret is then not
// provably absent.
func exhausted(op, name string, attempts []Attempt) error {
	if len(attempts) == 1 {
		return attempts[0].Err
	}
	first, pass := attempts[0], true
	absent := true
	for _, a := range attempts {
		if errors.Is(ClassOf(a.Err), ErrNotFound) {
			continue
		}
		if absent {
			first, absent = a, false
		}
		pass = pass && passed(a.Err)
	}
	e := &Error{Op: op, Name: name, Class: ClassOf(first.Err), Err: &AttemptsError{Attempts: attempts}}
	if absent {
		e.Hint = hintsOf(attempts)
	} else {
		e.Source, e.Hint, e.pass = first.Source, hintOf(first.Err), pass
	}
	return e
}

// hintsOf joins what each link would need to have the secret.
func hintsOf(attempts []Attempt) string {
	var hints []string
	for _, a := range attempts {
		if hint := hintOf(a.Err); hint != "" && !slices.Contains(hints, hint) {
			hints = append(hints, hint)
		}
	}
	return strings.Join(hints, ", or ")
}

// stopHere marks err so that no chain goes on after it.
func stopHere(err error) error {
	e := &Error{Op: "get version", Class: ClassOf(err), Err: err}
	var inner *Error
	if errors.As(err, &inner) {
		*e = *inner
	}
	e.stop = true
	return e
}

func stops(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.stop
}

func passed(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.pass
}

func hintOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}
