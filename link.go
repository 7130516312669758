package secretmux

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/secretmux/secretmux/internal/pattern"
	"github.com/secretmux/secretmux/internal/underway"
)

// defaultTimeout is how long a link may take for one call unless timeout= or
// Options.Timeout says otherwise.
const defaultTimeout = 10 * time.Second

// link is a provider in its place in a composition. It checks names, keeps every
// call within its timeout, gives errors and secrets their source, and holds calls
// back while the backend is down, throttles or hangs.
//
// A provider is called only through its link, so that no provider has to be trusted with any of
// this. Links do not cache and keep no secret: they only remember how well their backend
// answers.
type link struct {
	provider Provider
	// source is what the user wrote, redacted. It is not the provider's own address, because a
	// message must lead back to the config string.
	source string
	policy policy
	// inner is the provider, if it is itself made of links: their sources are more precise than
	// this one. Otherwise it is nil.
	inner node
	gate  *gate
	apart *apart // names that are read singly
}

// policy holds the parameters that every link takes.
//
// Its zero value is for a link without parameters. Nil is not the same as zero: ttl=0 is a wish.
type policy struct {
	ttl     *time.Duration // nil: the provider's advice
	stale   *time.Duration // nil: the store's
	timeout time.Duration
	on      []error     // the classes after which a composition goes on
	retry   *bool       // whether there is a second try; nil: the provider's advice
	only    pattern.Set // the names that are asked for here; nil: all

	document       string // the JSON secret whose members are the secrets; empty: none
	documentAbsent bool   // if it is missing, its members are absent
}

var _ node = (*link)(nil)

// newLink is the only function that makes a link, so that each has a gate, a bound and, if the
// policy asks for it, a document.
func newLink(p Provider, source string, pol policy) *link {
	if pol.timeout == 0 {
		// Every link has a bound, however it was made.
		pol.timeout = defaultTimeout
	}
	// The document is below the link. So the link's names are those of members, also in only=.
	if pol.document != "" {
		p = newDocument(p, pol)
	}
	l := &link{provider: p, source: source, policy: pol, gate: &gate{calls: underway.New(maxAbandoned)}, apart: &apart{}}
	l.inner, _ = p.(node)
	// Calls that wait for one fetch of the document are one call of the backend. If each of them
	// counted, others would wait for room.
	l.gate.shared, l.gate.together = l.inner != nil, pol.document != ""
	return l
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
		// A composition must not be cut off before its last link was asked: this link around it
		// gets the time that its links need together.
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

// Get also lets a name take part in batches again, if it was left out of them: any answer shows
// that the name does not hang.
func (l *link) Get(ctx context.Context, name string) (Secret, error) {
	secret, err := l.read(ctx, question{op: "get", name: name})
	if l.apart.some.Load() && answers(err) {
		l.apart.rejoin(name)
	}
	return secret, err
}

func (l *link) GetVersion(ctx context.Context, name, version string) (Secret, error) {
	return l.read(ctx, question{op: "get version", name: name, version: version, versioned: true})
}

// question is what a link asks its provider for: a secret, or one version of it.
//
// It is a value and not a function, so that a cold read allocates no closure for it.
type question struct {
	op, name, version string
	versioned         bool
}

// ask is the call itself. It runs in a goroutine that can be left behind.
func (q question) ask(ctx context.Context, p Provider) (secret Secret, err error) {
	if q.versioned {
		secret, err = GetVersion(ctx, p, q.name, q.version)
	} else {
		secret, err = p.Get(ctx, q.name)
	}
	// This is checked in the call, so that the gate counts it as a failure.
	if err == nil && secret.IsZero() {
		err = errNoAnswer
	}
	return secret, err
}

// Every read goes through read: it checks the name, makes the call with its bounds, and says
// where the outcome came from. A failure before the call has cost the backend nothing.
func (l *link) read(ctx context.Context, q question) (Secret, error) {
	// A malformed name must not reach a provider, which may build a path or a query from it.
	if err := ValidateName(q.name); err != nil {
		return Secret{}, err
	}
	// A composition calls asks first. This check is for a caller that has the link itself.
	if !l.policy.only.Has(q.name) {
		return Secret{}, unasked(q.op, q.name, l.source)
	}
	secret, err := twice(ctx, l, q.name, func(a attempt) (Secret, time.Duration, error) {
		// The mode travels in the context, so links further down see it too. Only the link that
		// the store has chosen may call in place.
		if own := modeOf(ctx).inPlace; own != nil && own.link == l {
			return l.askInPlace(ctx, own, a, q)
		}
		return try(ctx, l, a, func(ctx context.Context) (Secret, error) { return q.ask(ctx, l.provider) })
	})
	if err != nil {
		return Secret{}, l.fail(q.op, q.name, err)
	}
	return l.stamp(q.name, secret), nil
}

// Describe is bounded like a read.
func (l *link) Describe(ctx context.Context, name string) (Info, error) {
	if err := ValidateName(name); err != nil {
		return Info{}, err
	}
	if !l.policy.only.Has(name) {
		return Info{}, unasked("describe", name, l.source)
	}
	info, err := twice(ctx, l, describeKey+name, func(a attempt) (Info, time.Duration, error) {
		return try(ctx, l, a, func(ctx context.Context) (Info, error) {
			info, err := Describe(ctx, l.provider, name)
			if err == nil && info.Name != name {
				err = errOtherName
			}
			return info, err
		})
	})
	if err != nil {
		return Info{}, l.fail("describe", name, err)
	}
	if info.Source == "" || l.inner == nil {
		info.Source = l.source
	}
	return info, nil
}

// errOtherName is the error for a description of another secret: that secret's age must not be
// taken for this one's.
var errOtherName = &Error{
	Op: "describe", Class: ErrCorrupt, Err: errors.New("the provider described another secret"), Hint: "its Describe has a mistake",
}

// The keys under which calls that are not about one name are counted. No name has
// a control character.
const (
	batchKey = "\x00batch"
	checkKey = "\x00check"
	listKey  = "\x00list"
)

// describeKey begins the keys under which calls of Describe are counted: a Describe that hangs
// holds back only Describes of the same name.
const describeKey = "\x00describe "

// Check asks the provider, and then the gate: a backend that answers checks while its
// reads hang is not well.
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

func (l *link) Close() error { return Close(l.provider) }

// asks is also false if no link below would be asked: then this link would have no answer.
func (l *link) asks(name string) bool {
	return l.policy.only.Has(name) && (l.inner == nil || l.inner.asks(name))
}

func (l *link) asksAll() bool { return l.policy.only == nil && (l.inner == nil || l.inner.asksAll()) }

// continues looks at the class only. An error without a class is unknown, so on= can't mean it.
func (l *link) continues(err error) bool {
	class := ClassOf(err)
	return class != nil && slices.Contains(l.policy.on, class) || l.inner != nil && l.inner.continues(err)
}

// budget is the timeout, even if there is a second try: that is made only if most of the time is
// left.
func (l *link) budget() time.Duration { return l.policy.timeout }

// pace is ttl= or, without it, what the provider advises. ttl=0 means that nothing is kept, and
// not that the name is looked for all the time.
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

// abandoned counts the abandoned calls of this link and of the links below it, because a call of
// a composition waits in both.
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
