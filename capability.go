package secretmux

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
)

// fanOut is how many Gets run at a time where a provider has no batch call.
const fanOut = 16

// GetMany reads names from p in one batch where p is a [ManyGetter] and with up
// to 16 concurrent Gets where it is not. It returns one Result for each name, in
// the order of names; a repeated name is read once.
func GetMany(ctx context.Context, p Provider, names ...string) []Result {
	unique := make([]string, 0, len(names))
	index := make(map[string]int, len(names))
	for _, name := range names {
		if _, ok := index[name]; !ok {
			index[name] = len(unique)
			unique = append(unique, name)
		}
	}
	got := getUnique(ctx, p, unique)
	results := make([]Result, len(names))
	for i, name := range names {
		results[i] = got[index[name]]
		results[i].Name = name
	}
	return results
}

func getUnique(ctx context.Context, p Provider, names []string) []Result {
	if len(names) == 0 {
		return nil
	}
	batch := batchOf(p)
	if batch == nil {
		return getEach(ctx, p.Get, names)
	}
	results, err := batch.get(ctx, names)
	if err != nil {
		results = make([]Result, len(names))
		for i, name := range names {
			results[i] = Result{Name: name, Err: err}
		}
	}
	return results
}

type batchFunc func(ctx context.Context, names []string) ([]Result, error)

// batchOf returns p's batch call, or nil where it has none. A Store has one
// under another signature.
func batchOf(p Provider) batchFunc {
	switch m := p.(type) {
	case ManyGetter:
		return m.GetMany
	case *Store:
		return m.getResults
	}
	return nil
}

// get calls f and holds it to its contract: one result for each name, in order.
// One name's secret must never pass for another's.
func (f batchFunc) get(ctx context.Context, names []string) ([]Result, error) {
	results, err := f(ctx, names)
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

func getEach(ctx context.Context, get func(context.Context, string) (Secret, error), names []string) []Result {
	results := make([]Result, len(names))
	slots := make(chan struct{}, fanOut)
	var wg sync.WaitGroup
	for i, name := range names {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			results[i].Name = name
			results[i].Err = guarded(ctx, func(ctx context.Context) (err error) {
				results[i].Secret, err = get(ctx, name)
				return err
			})
		})
	}
	wg.Wait()
	return results
}

// GetVersion reads one version of a secret: the backend's own id,
// [VersionCurrent] or [VersionPrevious]. Where p is no [VersionGetter], the
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
// no [Lister] it yields one error that is errors.ErrUnsupported.
func List(ctx context.Context, p Provider, prefix string) iter.Seq2[Info, error] {
	if l, ok := p.(Lister); ok {
		return l.List(ctx, prefix)
	}
	return func(yield func(Info, error) bool) {
		yield(Info{}, unsupported("list", "", p, "this backend can't list its secrets"))
	}
}

// Check probes p without reading a secret. Where p is no [Checker] it returns nil.
func Check(ctx context.Context, p Provider) error {
	if c, ok := p.(Checker); ok {
		return c.Check(ctx)
	}
	return nil
}

// Close closes p and everything below it. Where p is no io.Closer it returns nil.
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
		return s.String()
	}
	return fmt.Sprintf("%T", p)
}
