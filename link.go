package secretmux

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"
)

// defaultTimeout is how long a link may take for one call unless timeout= or
// Options.Timeout says otherwise.
const defaultTimeout = 10 * time.Second

// link is a provider in its place in a composition. It checks names, keeps every
// call within its timeout, gives errors and secrets their source, and holds calls
// back while the backend is down, throttles or hangs.
type link struct {
	provider Provider
	source   string
	policy   policy
	// inner says that the provider is itself made of links, whose sources are more
	// precise.
	inner node
	gate  *gate
	apart *apart // names that are read singly
}

// policy is what the parameters that every link takes say.
type policy struct {
	ttl     *time.Duration // nil: the provider's advice
	stale   *time.Duration // nil: the store's
	timeout time.Duration
	on      []error // the classes after which a composition goes on
	retry   *bool   // whether there is a second try; nil: the provider's advice
	only    only    // the names that are asked for here; nil: all

	document       string // the JSON secret whose members the names are; empty: none
	documentAbsent bool   // without it, its members are absent
}

var _ node = (*link)(nil)

func newLink(p Provider, source string, pol policy) *link {
	if pol.timeout == 0 {
		pol.timeout = defaultTimeout
	}
	if pol.document != "" {
		p = &document{inner: p, name: pol.document, absent: pol.documentAbsent}
	}
	l := &link{provider: p, source: source, policy: pol, gate: &gate{}, apart: &apart{}}
	l.inner, _ = p.(node)
	l.gate.shared, l.gate.together = l.inner != nil, pol.document != ""
	return l
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

// ContinueOn wraps p so that a [Chain] or [Replicas] also goes on to its next
// link after an error of p that belongs to one of classes. It is what on= in a
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
		n, ok := p.(node)
		if !ok {
			return newLink(p, sourceOf(p), policy{on: classes})
		}
		return newLink(p, n.String(), policy{timeout: n.budget(), on: classes})
	}
	own := *l // the gate stays the same: it is the same backend
	own.policy.on = slices.Concat(l.policy.on, classes)
	return &own
}

func (l *link) String() string { return l.source }

func (l *link) Get(ctx context.Context, name string) (Secret, error) {
	secret, err := l.read(ctx, "get", name, l.provider.Get)
	if answers(err) {
		l.apart.rejoin(name)
	}
	return secret, err
}

func (l *link) GetVersion(ctx context.Context, name, version string) (Secret, error) {
	return l.read(ctx, "get version", name, func(ctx context.Context, name string) (Secret, error) {
		return GetVersion(ctx, l.provider, name, version)
	})
}

func (l *link) read(ctx context.Context, op, name string, get func(context.Context, string) (Secret, error)) (Secret, error) {
	if err := ValidateName(name); err != nil {
		return Secret{}, err
	}
	if !l.policy.only.has(name) {
		return Secret{}, unasked(op, name, l.source)
	}
	secret, err := twice(ctx, l, name, func(ctx context.Context) (Secret, error) {
		secret, err := get(ctx, name)
		if err == nil && secret.IsZero() {
			err = errNoAnswer
		}
		return secret, err
	})
	if err != nil {
		return Secret{}, l.fail(op, name, err)
	}
	return l.stamp(name, secret), nil
}

// The keys under which calls that are not about one name are counted. No name has
// a control character.
const (
	batchKey = "\x00batch"
	checkKey = "\x00check"
	listKey  = "\x00list"
)

func (l *link) Check(ctx context.Context) error {
	if l.inner != nil {
		return l.inner.Check(ctx)
	}
	_, err := bounded(ctx, l, checkKey, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, Check(ctx, l.provider)
	})
	if err != nil {
		return l.fail("check", "", err)
	}
	return l.hung()
}

// hung reports the calls that go on although no caller waits for them.
func (l *link) hung() error {
	if l.gate.abandoned("") == 0 {
		return nil
	}
	return &Error{
		Op: "check", Source: l.source, Class: ErrUnavailable, Err: errors.New("calls have not returned although their time is over"),
		Hint: "the provider does not stop when its context ends, as a read of a mount that hangs does not; check the backend",
	}
}

func (l *link) probe(ctx context.Context) []Probed {
	if l.inner != nil {
		return l.inner.probe(ctx)
	}
	return []Probed{probeOne(ctx, l.source, l.Check)}
}

func (l *link) Close() error { return Close(l.provider) }

func (l *link) asks(name string) bool {
	return l.policy.only.has(name) && (l.inner == nil || l.inner.asks(name))
}

func (l *link) asksAll() bool { return l.policy.only == nil && (l.inner == nil || l.inner.asksAll()) }

func (l *link) continues(err error) bool {
	class := ClassOf(err)
	return class != nil && slices.Contains(l.policy.on, class) || l.inner != nil && l.inner.continues(err)
}

func (l *link) budget() time.Duration { return l.policy.timeout }

func (l *link) pace(name string) (pace time.Duration, fixed bool) {
	if l.policy.ttl != nil && *l.policy.ttl > 0 {
		return *l.policy.ttl, true
	}
	if l.inner != nil {
		return l.inner.pace(name)
	}
	if p, ok := l.provider.(interface{ DefaultTTL() time.Duration }); ok {
		return max(hook(p.DefaultTTL), 0), false
	}
	return 0, false
}

func (l *link) abandoned(name string) int {
	sum := l.gate.abandoned(name)
	if l.inner != nil {
		sum += l.inner.abandoned(name)
	}
	return sum
}

func (l *link) drain(ctx context.Context) int {
	sum := l.gate.drain(ctx)
	if l.inner != nil {
		sum += l.inner.drain(ctx)
	}
	return sum
}

// errNoAnswer is the error for a provider that returns the zero Secret and no
// error, as one that says "absent" in that way would. An empty value is not zero.
var errNoAnswer = &Error{
	Class: ErrCorrupt, Err: errors.New("the provider returned neither a secret nor an error"),
	Hint: "it must return ErrNotFound for an absent secret, and NewSecret for an empty one",
}

// stamp gives a secret the link's source and lifetime.
func (l *link) stamp(name string, s Secret) Secret {
	return s.with(func(p *payload) {
		if p.meta.Source == "" || l.inner == nil {
			p.meta.Source = l.source
		}
		if p.alias == "" {
			p.alias = l.backendName(name)
		}
		if l.policy.ttl != nil {
			p.meta.TTL, p.fixed = *l.policy.ttl, true
			if p.meta.TTL == 0 {
				p.meta.TTL = -1 // ttl=0 means not at all; zero in Meta leaves it to the store
			}
		}
		if l.policy.stale != nil {
			p.stale = l.policy.stale
		}
	})
}

// backendName is what the backend itself calls the secret: with the link's
// folder in front, or the document that it is a member of. Messages of a broker
// use that name. Empty means that the provider does not say.
func (l *link) backendName(name string) string {
	if p, ok := l.provider.(interface{ BackendName(name string) string }); ok {
		return hook(func() string { return p.BackendName(name) })
	}
	return ""
}

// fail turns the error of a call into an *Error of this link.
func (l *link) fail(op, name string, err error) error {
	e := l.describe(err)
	if e.Op == "" || op != "get" {
		e.Op = op
	}
	if name != "" {
		e.Name = name
	}
	if e.Source == "" || l.inner == nil {
		e.Source = l.source
	}
	if e.RetryAt.IsZero() {
		e.RetryAt = l.gate.opens(err)
	}
	return e
}

func (l *link) describe(err error) *Error {
	inner := outermost(err)
	switch class := ClassOf(err); {
	case inner == nil:
		return &Error{Class: class, Err: err}
	case error(inner) == err: //nolint:errorlint // asks whether anything wraps it
		own := *inner
		return &own
	default:
		return &Error{Op: inner.Op, Name: inner.Name, Source: inner.Source, Class: class, Hint: inner.Hint, RetryAt: inner.RetryAt, Err: err}
	}
}
