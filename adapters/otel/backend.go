package otelsecret

import (
	"context"
	"fmt"
	"iter"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/secretmux/secretmux"
)

// Backend returns b with every provider that it opens wrapped, so that each call
// of it makes a span. The schemes, a provider's abilities and its address stay
// the same. If tp is nil, no spans are made, and b is returned unchanged.
func Backend(tp trace.TracerProvider, b secretmux.Backend, o Options) secretmux.Backend {
	if tp == nil {
		return b
	}
	tracer := tp.Tracer(scope)
	wrapped := make(secretmux.Backend, len(b))
	for scheme, open := range b {
		if open == nil {
			wrapped[scheme] = nil // Open refuses it and names it
			continue
		}
		wrapped[scheme] = func(ctx context.Context, u *secretmux.URI) (secretmux.Provider, error) {
			p, err := open(ctx, u)
			if err != nil || p == nil {
				return nil, err
			}
			return wrap(tracer, p, u.String(), o), nil
		}
	}
	return wrapped
}

// wrap does not give a batch call to a provider without one. The store reads the names
// of such a provider one by one, so that a slow name does not delay the others.
func wrap(tracer trace.Tracer, p secretmux.Provider, source string, o Options) secretmux.Provider {
	own := &traced{inner: p, tracer: tracer, names: o.Names, source: keySource.String(source)}
	if _, ok := p.(secretmux.ManyGetter); ok {
		return &tracedMany{own}
	}
	return own
}

// traced makes a span for each call.
type traced struct {
	inner  secretmux.Provider
	tracer trace.Tracer
	source attribute.KeyValue
	names  bool
}

// tracedMany is traced for a provider that has a batch call.
type tracedMany struct{ *traced }

var (
	_ secretmux.ManyGetter    = (*tracedMany)(nil)
	_ secretmux.VersionGetter = (*traced)(nil)
	_ secretmux.Lister        = (*traced)(nil)
	_ secretmux.Describer     = (*traced)(nil)
	_ secretmux.Checker       = (*traced)(nil)
)

// span begins a span. The returned function ends it, with the error of the call. The
// text of the error is not shown, because it may come from another library.
func (p *traced) span(ctx context.Context, call string, names ...attribute.KeyValue) (context.Context, func(error)) {
	attrs := []attribute.KeyValue{p.source}
	if p.names {
		attrs = append(attrs, names...)
	}
	ctx, span := p.tracer.Start(ctx, call, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attrs...))
	return ctx, func(err error) {
		if err != nil {
			class := errorType(secretmux.ClassOf(err))
			span.SetAttributes(keyError.String(class))
			if class != "not_found" { // absence is not a failure, because a chain expects it
				span.SetStatus(codes.Error, "")
			}
		}
		span.End()
	}
}

func (p *traced) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.read(ctx, name, p.inner.Get)
}

func (p *traced) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	return p.read(ctx, name, func(ctx context.Context, name string) (secretmux.Secret, error) {
		return secretmux.GetVersion(ctx, p.inner, name, version)
	})
}

func (p *traced) read(ctx context.Context, name string,
	read func(context.Context, string) (secretmux.Secret, error),
) (s secretmux.Secret, err error) {
	ctx, end := p.span(ctx, "get", keyName.String(name))
	defer func() { end(err) }()
	return read(ctx, name)
}

func (p *tracedMany) GetMany(ctx context.Context, names []string) (results []secretmux.Result, err error) {
	ctx, end := p.span(ctx, "get many", keyNames.StringSlice(names))
	defer func() { end(err) }()
	return secretmux.GetMany(ctx, p.inner, names)
}

func (p *traced) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		var failure error
		ctx, end := p.span(ctx, "list")
		defer func() { end(failure) }()
		for info, err := range secretmux.List(ctx, p.inner, prefix) {
			if err != nil {
				failure = err
			}
			if !yield(info, err) {
				return
			}
		}
	}
}

func (p *traced) Describe(ctx context.Context, name string) (info secretmux.Info, err error) {
	ctx, end := p.span(ctx, "describe", keyName.String(name))
	defer func() { end(err) }()
	return secretmux.Describe(ctx, p.inner, name)
}

func (p *traced) Check(ctx context.Context) (err error) {
	ctx, end := p.span(ctx, "check")
	defer func() { end(err) }()
	return secretmux.Check(ctx, p.inner)
}

func (p *traced) Close() error { return secretmux.Close(p.inner) }

func (p *traced) String() string {
	if s, ok := p.inner.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", p.inner)
}

// DefaultTTL, BackendName and Retries are the methods that a link looks for. If the
// provider lacks one, the result is the link's default.

func (p *traced) DefaultTTL() time.Duration {
	if d, ok := p.inner.(interface{ DefaultTTL() time.Duration }); ok {
		return d.DefaultTTL()
	}
	return 0
}

func (p *traced) BackendName(name string) string {
	if n, ok := p.inner.(interface{ BackendName(string) string }); ok {
		return n.BackendName(name)
	}
	return ""
}

func (p *traced) Retries() bool {
	if r, ok := p.inner.(interface{ Retries() bool }); ok {
		return r.Retries()
	}
	return true
}
