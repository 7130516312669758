package secretmux

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
	"time"
)

// fanOut is how many Gets run at a time where a provider has no batch call.
const fanOut = 16

// GetMany reads names from p in one batch where p is a [ManyGetter] and with up
// to 16 concurrent Gets where it is not. It returns one Result for each name, in
// the order of names; a repeated name is read once. The error is that of p's own
// batch call as a whole; then there are no results.
func GetMany(ctx context.Context, p Provider, names []string) ([]Result, error) {
	unique, index := distinct(names)
	var got []Result
	if m, ok := p.(ManyGetter); ok {
		var err error
		if got, err = getBatch(ctx, m, unique); err != nil {
			return nil, err
		}
	} else {
		got = collect(ctx, func(ctx context.Context, names []string, deliver func(int, Result)) {
			getEach(ctx, p.Get, names, deliver)
		}, unique)
	}
	return spread(got, names, index), nil
}

// distinct returns names without repetitions, and where each name is among them.
func distinct(names []string) ([]string, map[string]int) {
	unique := make([]string, 0, len(names))
	index := make(map[string]int, len(names))
	for _, name := range names {
		if _, ok := index[name]; !ok {
			index[name] = len(unique)
			unique = append(unique, name)
		}
	}
	return unique, index
}

// spread returns a Result for each of names, repeated ones too.
func spread(got []Result, names []string, index map[string]int) []Result {
	results := make([]Result, len(names))
	for i, name := range names {
		results[i] = got[index[name]]
		results[i].Name = name
	}
	return results
}

// collect gives the results of a stream in the order of names, which may repeat.
func collect(ctx context.Context, stream func(context.Context, []string, func(int, Result)), names []string) []Result {
	unique, index := distinct(names)
	got := make([]Result, len(unique))
	if len(unique) > 0 {
		stream(ctx, unique, func(i int, r Result) { got[i] = r })
	}
	return spread(got, names, index)
}

// getBatch calls m and holds it to its contract: one result for each name, in
// order. One name's secret must never pass for another's.
func getBatch(ctx context.Context, m ManyGetter, names []string) ([]Result, error) {
	if len(names) == 0 {
		return nil, nil
	}
	results, err := m.GetMany(ctx, names)
	if err != nil {
		return nil, err
	}
	if !slices.EqualFunc(results, names, func(r Result, name string) bool { return r.Name == name }) {
		return nil, &Error{
			Op: "get", Class: ErrCorrupt, Err: errors.New("the provider did not answer each name once, in order"),
			Hint: "its GetMany has a mistake",
		}
	}
	return results, nil
}

// getEach reads names one by one, several at a time.
func getEach(
	ctx context.Context, get func(context.Context, string) (Secret, error), names []string, deliver func(int, Result),
) {
	if len(names) == 1 {
		secret, err := guarded(ctx, names[0], get)
		deliver(0, Result{Name: names[0], Secret: secret, Err: err})
		return
	}
	slots := make(chan struct{}, fanOut)
	var wg sync.WaitGroup
	for i, name := range names {
		slots <- struct{}{}
		wg.Go(func() {
			r := Result{Name: name, Err: errPanicked} // should get end this goroutine
			defer func() {
				deliver(i, r)
				<-slots
			}()
			secret, err := guarded(ctx, name, get)
			r = Result{Name: name, Secret: secret, Err: err}
		})
	}
	wg.Wait()
}

// guarded turns a panic of a provider into an error: it runs in goroutines of
// ours, where nobody else could recover. The panic's value is left out, as it may
// quote a secret.
func guarded[I, O any](ctx context.Context, in I, f func(context.Context, I) (O, error)) (out O, err error) {
	defer func() {
		if recover() != nil {
			var zero O
			out, err = zero, errPanicked
		}
	}()
	return f(ctx, in)
}

// GetVersion reads one version of a secret: the backend's own id,
// [VersionCurrent] or [VersionPrevious]. Where p is not a [VersionGetter], the
// current version is what Get reads and every other one is
// errors.ErrUnsupported.
func GetVersion(ctx context.Context, p Provider, name, version string) (Secret, error) {
	if err := validateVersion(version); err != nil {
		return Secret{}, err
	}
	if v, ok := p.(VersionGetter); ok {
		return v.GetVersion(ctx, name, version)
	}
	if version == VersionCurrent {
		return p.Get(ctx, name)
	}
	return Secret{}, unsupported("get version", name, p, "this backend keeps no versions")
}

// List yields the names in p that start with prefix, without values. Where p is
// not a [Lister] it yields one error that is errors.ErrUnsupported.
func List(ctx context.Context, p Provider, prefix string) iter.Seq2[Info, error] {
	if l, ok := p.(Lister); ok {
		return l.List(ctx, prefix)
	}
	return func(yield func(Info, error) bool) {
		yield(Info{}, unsupported("list", "", p, "this backend can't list its secrets"))
	}
}

// Check probes p without reading a secret. Where p is not a [Checker] it returns
// nil. It is bounded where p is a [Store], a [Chain] or [Replicas]: by the timeouts of
// their links. A single provider may take as long as it likes; see [Probe].
func Check(ctx context.Context, p Provider) error {
	if c, ok := p.(Checker); ok {
		return c.Check(ctx)
	}
	return nil
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

func probeOne(ctx context.Context, source string, check func(context.Context) error) Probed {
	start := time.Now()
	err := check(ctx)
	return Probed{Source: source, Err: err, Class: ClassOf(err), Hint: hintOf(err), Duration: time.Since(start)}
}

// Close closes p and everything below it. Where p is not an io.Closer it returns
// nil.
func Close(p Provider) error {
	if c, ok := p.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

func unsupported(op, name string, p Provider, hint string) error {
	return &Error{Op: op, Name: name, Source: sourceOf(p), Class: errors.ErrUnsupported, Hint: hint}
}

// sourceOf is the redacted URI of p, or its type where it has none.
func sourceOf(p Provider) string {
	if s, ok := p.(fmt.Stringer); ok {
		if source := hook(s.String); source != "" {
			return source
		}
	}
	return fmt.Sprintf("%T", p)
}
