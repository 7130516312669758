package secretmux

import (
	"context"
	"reflect"
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

// isNil reports whether p is nil or a nil pointer, which would panic at its
// first call.
func isNil(p Provider) bool {
	if p == nil {
		return true
	}
	v := reflect.ValueOf(p)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// ContinueOn wraps p so that a [Chain] or [Replicas] goes on to its next link
// also after an error of p that belongs to one of classes. It is what on= in a
// config string does. Mind what it gives up: with ErrDenied, a revoked role turns
// into whatever a weaker link still holds. A nil p stays nil, which NewChain
// refuses; a nil class is left out.
func ContinueOn(p Provider, classes ...error) Provider {
	if isNil(p) {
		return nil
	}
	classes = slices.DeleteFunc(slices.Clone(classes), func(class error) bool { return class == nil })
	l, ok := p.(*link)
	if !ok {
		return newLink(p, sourceOf(p), policy{timeout: budget(p), on: classes})
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
		if secret, err = get(ctx, name); err == nil && secret.IsZero() {
			err = errNoAnswer
		}
		return err
	})
	if err != nil {
		return Secret{}, err
	}
	return l.stamp(secret), nil
}

func (l *link) Check(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, l.policy.timeout)
	defer cancel()
	check := func(ctx context.Context) error { return Check(ctx, l.provider) }
	if err := guarded(within, check); err != nil {
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
	err := guarded(within, f)
	l.throttle.observe(err)
	if err != nil {
		return l.fail(ctx, within, op, name, err)
	}
	return nil
}

// guarded turns a panic of the provider into an error: a store calls it from
// goroutines of its own, where nobody else could recover. The panic's value is
// left out, as it may quote a secret.
func guarded(ctx context.Context, f func(context.Context) error) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
	}()
	return f(ctx)
}
