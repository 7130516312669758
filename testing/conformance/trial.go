package conformance

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

// trial is one case with one fresh harness. p is the provider with its decoration.
// The functions of the harness get t, and failures go to the reporter.
type trial struct {
	reporter
	*Harness
	t     *testing.T
	suite *suite
	p     secretmux.Provider
}

// value is the value that cases store: printable ASCII that starts with the
// canary.
func value(s string) []byte { return []byte(canary + "-" + s) }

// ctx is the context of calls that should end soon.
func (tr *trial) ctx() context.Context {
	ctx, cancel := context.WithTimeout(tr.t.Context(), 30*time.Second)
	tr.t.Cleanup(cancel)
	return ctx
}

// fresh runs a part of a case with another harness.
func (tr *trial) fresh(name string, part func(*trial)) {
	tr.t.Helper()
	tr.t.Run(name, func(t *testing.T) { part(tr.suite.trial(t)) })
}

// get calls Get. It fails the case if Get continues for long after ctx has ended.
func (tr *trial) get(ctx context.Context, name string) (secretmux.Secret, error) {
	tr.Helper()
	var (
		secret secretmux.Secret
		err    error
	)
	tr.returns(ctx, "Get", func() { secret, err = tr.p.Get(ctx, name) })
	return secret, err
}

func (tr *trial) returns(ctx context.Context, what string, f func()) {
	tr.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	select {
	case <-done:
	case <-time.After(tr.suite.patience):
		tr.Fatalf("%s goes on %v after its context ended", what, tr.suite.patience)
	}
}

// wantValue checks a read that must succeed.
func (tr *trial) wantValue(what string, got secretmux.Secret, err error, want []byte) {
	tr.Helper()
	switch {
	case err != nil:
		tr.clean(err)
		tr.Errorf("%s: %v", what, err)
	case got.IsZero():
		tr.Errorf("%s: neither a secret nor an error", what)
	case !got.Equal(secretmux.NewSecret(want, secretmux.Meta{})):
		tr.Errorf("%s: another value of %d bytes came back; want the %d bytes that were set", what, len(got.Bytes()), len(want))
	}
}

// wantClass checks a read that must fail.
func (tr *trial) wantClass(what string, got secretmux.Secret, err, class error) {
	tr.Helper()
	if err == nil {
		tr.Errorf("%s: no error, want one that is %q", what, class)
		return
	}
	tr.clean(err)
	if !got.IsZero() {
		tr.Errorf("%s: a secret beside an error", what)
	}
	var e *secretmux.Error
	if !errors.As(err, &e) {
		tr.Errorf("%s: a %T, want a *secretmux.Error", what, err)
	}
	if is := secretmux.ClassOf(err); !errors.Is(is, class) || !errors.Is(err, class) {
		tr.Errorf("%s: the class is %q, want %q: %v", what, classText(is), class, err)
	}
	for _, other := range classes() {
		if !errors.Is(class, other) && errors.Is(err, other) {
			tr.Errorf("%s: an error of the class %q is also %q", what, class, other)
		}
	}
}

func (tr *trial) wantUnsupported(what string, got secretmux.Secret, err error) {
	tr.Helper()
	tr.wantClass(what+", which the harness does not claim", got, err, errors.ErrUnsupported)
}

// wantContext checks a read whose ctx ended with ended.
func (tr *trial) wantContext(what string, got secretmux.Secret, err, ended error) {
	tr.Helper()
	if err == nil {
		tr.Errorf("%s: no error, want one that is %q", what, ended)
		return
	}
	tr.clean(err)
	if !got.IsZero() {
		tr.Errorf("%s: a secret beside an error", what)
	}
	if !errors.Is(err, ended) {
		tr.Errorf("%s: the error is not %q: %v", what, ended, err)
	}
	if class := secretmux.ClassOf(err); class != nil && !errors.Is(class, secretmux.ErrUnavailable) {
		tr.Errorf("%s: the class is %q, want unavailable or no class: %v", what, class, err)
	}
}

func classes() []error {
	return []error{
		secretmux.ErrNotFound, secretmux.ErrDisabled, secretmux.ErrDenied, secretmux.ErrUnauthenticated,
		secretmux.ErrInvalid, secretmux.ErrThrottled, secretmux.ErrUnavailable, secretmux.ErrCorrupt,
		secretmux.ErrTooLarge, secretmux.ErrRefused, secretmux.ErrClosed,
	}
}

func classText(class error) string {
	if class == nil {
		return "none"
	}
	return class.Error()
}
