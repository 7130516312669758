package secretmux

import (
	"context"
	"iter"
	"slices"
	"time"
)

// DefaultTimeout is how long a link may take for one call unless timeout= or
// Options.Timeout says otherwise.
const DefaultTimeout = 10 * time.Second

// link is a provider in its place in a composition: it checks names, puts a
// deadline on every call, gives errors and secrets their source, and holds calls
// back while the backend throttles.
type link struct {
	provider Provider
	source   string
	policy   policy
	throttle throttle
}

// policy is what the parameters that every link takes say.
type policy struct {
	ttl     *time.Duration // nil: the provider's advice
	stale   *time.Duration // nil: the store's
	timeout time.Duration
	on      []error // the classes after which a chain goes on, besides not found
}

var (
	_ ManyGetter    = (*link)(nil)
	_ VersionGetter = (*link)(nil)
	_ Lister        = (*link)(nil)
	_ Checker       = (*link)(nil)
)

func newLink(p Provider, source string, pol policy) *link {
	if pol.timeout == 0 {
		pol.timeout = DefaultTimeout
	}
	return &link{provider: p, source: source, policy: pol}
}

// asLink makes a link of a bare provider. Compositions have links of their own.
func asLink(p Provider, timeout time.Duration) Provider {
	switch p.(type) {
	case *link, *Chain, *Replicas, *Store:
		return p
	}
	return newLink(p, sourceOf(p), policy{timeout: timeout})
}

// ContinueOn wraps p so that a [Chain] or [Replicas] goes on to its next link
// also after an error of p that belongs to one of classes. It is what on= in a
// config string does. Mind what it gives up: with ErrDenied, a revoked role turns
// into whatever a weaker link still holds.
func ContinueOn(p Provider, classes ...error) Provider {
	l, ok := p.(*link)
	if !ok {
		return newLink(p, sourceOf(p), policy{timeout: budget(p), on: slices.Clone(classes)})
	}
	pol := l.policy
	pol.on = slices.Concat(pol.on, classes)
	return newLink(l.provider, l.source, pol)
}

func (l *link) String() string { return l.source }

func (l *link) Get(ctx context.Context, name string) (Secret, error) {
	return l.get(ctx, "get", name, l.provider.Get)
}

func (l *link) GetVersion(ctx context.Context, name, version string) (Secret, error) {
	return l.get(ctx, "get version", name, func(ctx context.Context, name string) (Secret, error) {
		return GetVersion(ctx, l.provider, name, version)
	})
}

func (l *link) get(ctx context.Context, op, name string, get func(context.Context, string) (Secret, error)) (Secret, error) {
	if err := ValidateName(name); err != nil {
		return Secret{}, err
	}
	var secret Secret
	err := l.call(ctx, op, name, func(ctx context.Context) (err error) {
		secret, err = get(ctx, name)
		return err
	})
	if err != nil {
		return Secret{}, err
	}
	return l.stamp(secret), nil
}

func (l *link) GetMany(ctx context.Context, names []string) ([]Result, error) {
	batch := batchOf(l.provider)
	if batch == nil {
		return getEach(ctx, l.Get, names), nil
	}
	results := make([]Result, len(names))
	asked := make([]int, 0, len(names)) // the indices of valid names
	valid := make([]string, 0, len(names))
	for i, name := range names {
		results[i] = Result{Name: name, Err: ValidateName(name)}
		if results[i].Err == nil {
			asked, valid = append(asked, i), append(valid, name)
		}
	}
	got, err := l.getBatch(ctx, batch, valid)
	for n, i := range asked {
		if err != nil {
			results[i].Err = l.fail(ctx, ctx, "get", names[i], err)
			continue
		}
		results[i] = l.finish(ctx, names[i], got[n])
	}
	return results, nil
}

func (l *link) getBatch(ctx context.Context, batch batchFunc, names []string) ([]Result, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var got []Result
	err := l.call(ctx, "get", "", func(ctx context.Context) (err error) {
		got, err = batch.get(ctx, names)
		return err
	})
	for _, r := range got {
		l.throttle.observe(r.Err)
	}
	return got, err
}

func (l *link) finish(ctx context.Context, name string, r Result) Result {
	if r.Err != nil {
		return Result{Name: name, Err: l.fail(ctx, ctx, "get", name, r.Err)}
	}
	return Result{Name: name, Secret: l.stamp(r.Secret)}
}

func (l *link) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		for info, err := range List(ctx, l.provider, prefix) {
			if err != nil {
				err = l.fail(ctx, ctx, "list", "", err)
			}
			info.Source = l.source
			if !yield(info, err) || err != nil {
				return
			}
		}
	}
}

func (l *link) Check(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, l.policy.timeout)
	defer cancel()
	if err := Check(within, l.provider); err != nil {
		return l.fail(ctx, within, "check", "", err)
	}
	return nil
}

func (l *link) Close() error { return Close(l.provider) }

// call runs f within the link's timeout, unless the backend asked for a pause.
func (l *link) call(ctx context.Context, op, name string, f func(context.Context) error) error {
	if err := l.throttle.wait(); err != nil {
		return l.fail(ctx, ctx, op, name, err)
	}
	within, cancel := context.WithTimeout(ctx, l.policy.timeout)
	defer cancel()
	err := f(within)
	l.throttle.observe(err)
	if err != nil {
		return l.fail(ctx, within, op, name, err)
	}
	return nil
}
