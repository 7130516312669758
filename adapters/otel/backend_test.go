package otelsecret_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/secretmux/secretmux"
	otelsecret "github.com/secretmux/secretmux/adapters/otel"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// wrapped returns p as a link gets it.
func wrapped(tp *spans, p secretmux.Provider, o otelsecret.Options) secretmux.Provider {
	u := must(secretmux.ParseURI("memory:"))
	return must(otelsecret.Backend(tp, backendOf(p), o)["memory"](context.Background(), u))
}

func open(*testing.T) *conformance.Harness {
	m, f := memory.New(nil), faults.New(faults.Options{})
	inject := func(step faults.Step, names ...string) { f.Inject(faults.Always(step, names...)) }
	return &conformance.Harness{
		Provider: f.Wrap(m),
		Set:      func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
		Delete:   func(_ *testing.T, name string) { m.Delete(name) },
		Disable:  func(_ *testing.T, name string) { m.Disable(name) },
		Fail:     func(_ *testing.T, name string, class error) { inject(faults.Step{Err: class}, name) },
		Fails: []error{
			secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled,
			secretmux.ErrUnavailable, secretmux.ErrCorrupt, secretmux.ErrTooLarge,
		},
		Hang:           func(_ *testing.T, name string) { inject(faults.Step{Hang: true}, name) },
		Down:           func(*testing.T) { inject(faults.Step{Err: secretmux.ErrUnavailable}) },
		MissingVersion: "99",
		Calls:          func() int { return m.Calls().Total() },
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode,
			conformance.CapSymbols, conformance.CapLines, conformance.CapNested, conformance.CapMany,
			conformance.CapVersions, conformance.CapPrevious, conformance.CapCreated, conformance.CapList, conformance.CapDescribe,
			conformance.CapCheck, conformance.CapDisable, conformance.CapFail, conformance.CapHang, conformance.CapDown,
		},
	}
}

func TestConformanceThrough(t *testing.T) {
	through := func(p secretmux.Provider) secretmux.Provider {
		return wrapped(newSpans(), p, otelsecret.Options{Names: true})
	}
	t.Run("all capabilities", func(t *testing.T) { conformance.RunThrough(t, open, through) })
	t.Run("none", func(t *testing.T) {
		conformance.RunThrough(t, func(*testing.T) *conformance.Harness {
			m := memory.New(nil)
			return &conformance.Harness{
				Provider: secretmux.ProviderFunc(m.Get),
				Set:      func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
				Delete:   func(_ *testing.T, name string) { m.Delete(name) },
				Calls:    func() int { return m.Calls().Total() },
			}
		}, through)
	})
}

// says is a provider with the three methods that a link looks for.
type says struct{ secretmux.ProviderFunc }

func (says) DefaultTTL() time.Duration       { return 2 * time.Second }
func (says) BackendName(name string) string  { return "folder/" + name }
func (says) Retries() bool                   { return false }
func (says) String() string                  { return "says:" }
func (says) Check(ctx context.Context) error { return ctx.Err() }
func (says) Close() error                    { return errClosed }

var errClosed = errors.New("closed")

type asked interface {
	DefaultTTL() time.Duration
	BackendName(string) string
	Retries() bool
	String() string
	Close() error
}

func TestWhatALinkAsks(t *testing.T) {
	p := wrapped(newSpans(), says{}, otelsecret.Options{}).(asked)
	if p.DefaultTTL() != 2*time.Second || p.BackendName("a") != "folder/a" || p.Retries() || p.String() != "says:" || !errors.Is(p.Close(), errClosed) {
		t.Error("the wrapper does not say what the provider says")
	}
	silent := secretmux.ProviderFunc(nil)
	q := wrapped(newSpans(), silent, otelsecret.Options{}).(asked)
	if q.DefaultTTL() != 0 || q.BackendName("a") != "" || !q.Retries() || q.String() != "secretmux.ProviderFunc" || q.Close() != nil {
		t.Error("the wrapper makes something up")
	}
	if _, ok := q.(secretmux.ManyGetter); ok {
		t.Error("a provider without a batch call has one when it is wrapped")
	}
}

func TestSpans(t *testing.T) {
	tp := newSpans()
	m := memory.New(map[string]string{"a": canary, "b": canary})
	f := faults.New(faults.Options{})
	p := wrapped(tp, f.Wrap(m), otelsecret.Options{})
	ctx := t.Context()
	_, _ = p.Get(ctx, "a")
	_, _ = p.Get(ctx, "gone")
	_, _ = secretmux.GetVersion(ctx, p, "a", "current")
	_, _ = secretmux.GetMany(ctx, p, []string{"a", "b"})
	for range secretmux.List(ctx, p, "") {
		break
	}
	_ = secretmux.Check(ctx, p)
	f.Inject(faults.Always(faults.Step{Err: secretmux.ErrDenied}))
	_, _ = p.Get(ctx, "a")
	_ = secretmux.Check(ctx, p)
	for range secretmux.List(ctx, p, "") {
	}
	want := []string{
		"get client{secretmux.source=memory:} Unset",
		"get client{secretmux.source=memory:,error.type=not_found} Unset",
		"get client{secretmux.source=memory:} Unset",
		"get many client{secretmux.source=memory:} Unset",
		"list client{secretmux.source=memory:} Unset",
		"check client{secretmux.source=memory:} Unset",
		"get client{secretmux.source=memory:,error.type=denied} Error",
		"check client{secretmux.source=memory:,error.type=denied} Error",
		"list client{secretmux.source=memory:,error.type=denied} Error",
	}
	if got := tp.lines(); !slices.Equal(got, want) {
		t.Errorf("the spans are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(tp.recorded.Started()) != len(want) {
		t.Error("a span did not end")
	}
}

func TestNamesInSpans(t *testing.T) {
	tp := newSpans()
	p := wrapped(tp, memory.New(map[string]string{"a": canary}), otelsecret.Options{Names: true})
	_, _ = p.Get(t.Context(), "a")
	_, _ = secretmux.GetMany(t.Context(), p, []string{"a", "b"})
	want := []string{
		"get client{secretmux.source=memory:,secretmux.name=a} Unset",
		`get many client{secretmux.source=memory:,secretmux.names=["a","b"]} Unset`,
	}
	if got := tp.lines(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// The span of the caller that began a read is the parent; a background read is a root.
func TestTheCallersSpanIsTheParent(t *testing.T) {
	tp := newSpans()
	m := memory.New(map[string]string{"a": canary})
	s := must(secretmux.Open(t.Context(), "memory:", otelsecret.Backend(tp, m.Backend(), otelsecret.Options{})))
	defer func() { _ = s.Close() }()
	ctx, caller := tp.Tracer("test").Start(t.Context(), "request")
	if got := must(s.Get(ctx, "a")); got.Reveal() != canary || got.Source() != "memory:" {
		t.Errorf("%v from %s", got, got.Source())
	}
	caller.End()
	ended := tp.recorded.Ended()
	if len(ended) != 2 || ended[0].Parent().SpanID() != caller.SpanContext().SpanID() {
		t.Fatalf("%q", tp.lines())
	}
	if _, err := s.Get(ctx, "a"); err != nil || len(tp.recorded.Ended()) != 2 {
		t.Error("a warm Get makes a span")
	}
	if err := s.Refresh(context.Background(), "a"); err != nil {
		t.Fatal(err)
	}
	if last := tp.recorded.Ended()[2]; last.Parent().IsValid() {
		t.Error("a refresh without a caller has a parent")
	}
	for _, line := range tp.lines() {
		conformance.NoLeak(t, errors.New(line), canary)
	}
}

func TestOddBackends(t *testing.T) {
	b := memory.New(nil).Backend()
	if got := otelsecret.Backend(nil, b, otelsecret.Options{}); len(got) != 1 {
		t.Error("a nil TracerProvider loses the backend")
	}
	fails := secretmux.Backend{"x": nil, "y": func(context.Context, *secretmux.URI) (secretmux.Provider, error) { return nil, errClosed }}
	got := otelsecret.Backend(noop.NewTracerProvider(), fails, otelsecret.Options{})
	if open, ok := got["x"]; !ok || open != nil {
		t.Error("a scheme without an OpenFunc is not as before")
	}
	if _, err := got["y"](t.Context(), must(secretmux.ParseURI("y:"))); !errors.Is(err, errClosed) {
		t.Errorf("%v", err)
	}
}
