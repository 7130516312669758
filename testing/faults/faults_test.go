package faults_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

func backend() *memory.Provider { return memory.New(map[string]string{"a": "1", "b": "2", "c": "3"}) }

func with(rules ...faults.Rule) (*faults.Injector, secretmux.Provider) {
	f := faults.New(faults.Options{Rules: rules})
	return f, f.Wrap(backend())
}

// outcomes calls Get n times and returns the value or class of each.
func outcomes(t *testing.T, p secretmux.Provider, name string, n int) string {
	t.Helper()
	var all []string
	for range n {
		s, err := p.Get(t.Context(), name)
		if err != nil {
			all = append(all, secretmux.ClassOf(err).Error())
			continue
		}
		all = append(all, s.Reveal())
	}
	return strings.Join(all, " ")
}

func TestRules(t *testing.T) {
	denied, down := faults.Step{Err: secretmux.ErrDenied}, faults.Step{Err: secretmux.ErrUnavailable}
	other := faults.Step{Secret: secretmux.NewSecret([]byte("other"), secretmux.Meta{})}
	empty := faults.Step{Secret: secretmux.NewSecret(nil, secretmux.Meta{})}
	for what, c := range map[string]struct {
		rules []faults.Rule
		want  string // of four Gets of a
	}{
		"none":                    {nil, "1 1 1 1"},
		"the zero rule":           {[]faults.Rule{{}}, "1 1 1 1"},
		"the zero rule, repeated": {[]faults.Rule{{Repeat: true}}, "1 1 1 1"},
		"always":                  {[]faults.Rule{faults.Always(denied)}, "denied denied denied denied"},
		"always, this name":       {[]faults.Rule{faults.Always(denied, "b", "a")}, "denied denied denied denied"},
		"always, another name":    {[]faults.Rule{faults.Always(denied, "b")}, "1 1 1 1"},
		"a sequence":              {[]faults.Rule{faults.Sequence(faults.Step{}, down, other)}, "1 unavailable other 1"},
		"two sequences":           {[]faults.Rule{faults.Sequence(down), faults.Sequence(denied, other)}, "unavailable denied other 1"},
		"flapping":                {[]faults.Rule{{Steps: []faults.Step{down, {}}, Repeat: true}}, "unavailable 1 unavailable 1"},
		"named comes first":       {[]faults.Rule{faults.Always(down), {Names: []string{"a"}, Steps: []faults.Step{denied}}}, "denied unavailable unavailable unavailable"},
		"another op":              {[]faults.Rule{{Ops: []faults.Op{faults.OpList}, Steps: []faults.Step{down}}}, "1 1 1 1"},
		"this op":                 {[]faults.Rule{{Ops: []faults.Op{faults.OpList, faults.OpGet}, Steps: []faults.Step{down}}}, "unavailable 1 1 1"},
		"an empty secret":         {[]faults.Rule{faults.Sequence(empty)}, " 1 1 1"},
		"an error beats a secret": {[]faults.Rule{faults.Sequence(faults.Step{Secret: other.Secret, Err: secretmux.ErrDenied})}, "denied 1 1 1"},
	} {
		t.Run(what, func(t *testing.T) {
			_, p := with(c.rules...)
			if got := outcomes(t, p, "a", 4); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestInjectReplacesAndHealRemoves(t *testing.T) {
	f, p := with(faults.Always(faults.Step{Err: secretmux.ErrDenied}))
	before := outcomes(t, p, "a", 1)
	steps := []faults.Step{{Err: secretmux.ErrUnavailable}}
	f.Inject(faults.Rule{Steps: steps, Repeat: true})
	steps[0] = faults.Step{Err: secretmux.ErrCorrupt} // the caller's slice stays the caller's
	during := outcomes(t, p, "a", 1)
	f.Heal()
	if got := before + " " + during + " " + outcomes(t, p, "a", 1); got != "denied unavailable 1" {
		t.Errorf("got %q", got)
	}
}

func TestLatencyAndHangHonourContext(t *testing.T) {
	for what, c := range map[string]struct {
		step    faults.Step
		timeout time.Duration // negative: a cancellation
		takes   time.Duration
		ended   error
	}{
		"latency":               {faults.Step{Latency: time.Minute}, time.Hour, time.Minute, nil},
		"negative latency":      {faults.Step{Latency: -time.Minute}, time.Hour, 0, nil},
		"latency over deadline": {faults.Step{Latency: time.Hour}, time.Minute, time.Minute, context.DeadlineExceeded},
		"hang":                  {faults.Step{Hang: true}, time.Minute, time.Minute, context.DeadlineExceeded},
		"latency and hang":      {faults.Step{Hang: true, Latency: time.Second}, time.Minute, time.Minute, context.DeadlineExceeded},
		"hang cancelled":        {faults.Step{Hang: true}, -time.Second, time.Second, context.Canceled},
		"latency cancelled":     {faults.Step{Latency: time.Hour}, -time.Second, time.Second, context.Canceled},
	} {
		for op, call := range calls() {
			t.Run(what+"/"+op, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), max(c.timeout, -c.timeout)*2)
					defer cancel()
					if c.timeout < 0 {
						time.AfterFunc(-c.timeout, cancel)
					} else {
						ctx, cancel = context.WithTimeout(ctx, c.timeout)
						defer cancel()
					}
					_, p := with(faults.Always(c.step))
					begin := time.Now()
					err := call(ctx, p)
					if took := time.Since(begin); took != c.takes || !errors.Is(err, c.ended) {
						t.Errorf("took %v and failed with %v, want %v and %v", took, err, c.takes, c.ended)
					}
				})
			})
		}
	}
}

func calls() map[string]func(context.Context, secretmux.Provider) error {
	return map[string]func(context.Context, secretmux.Provider) error{
		"get": func(ctx context.Context, p secretmux.Provider) error { _, err := p.Get(ctx, "a"); return err },
		"get many": func(ctx context.Context, p secretmux.Provider) error {
			return getMany(ctx, p, "a", "b")[1].Err
		},
		"get version": func(ctx context.Context, p secretmux.Provider) error {
			_, err := secretmux.GetVersion(ctx, p, "a", "1")
			return err
		},
		"list": func(ctx context.Context, p secretmux.Provider) error {
			for _, err := range secretmux.List(ctx, p, "") {
				return err
			}
			return errors.New("an empty list")
		},
		"check": secretmux.Check,
	}
}

func TestErrors(t *testing.T) {
	own := errors.New("mine")
	for _, class := range []error{secretmux.ErrNotFound, secretmux.ErrClosed, errors.ErrUnsupported} {
		_, p := with(faults.Always(faults.Step{Err: class}))
		for op, call := range calls() {
			var e *secretmux.Error
			err := call(t.Context(), p)
			if !errors.As(err, &e) || !errors.Is(e.Class, class) || e.Source != "memory:" || e.Hint == "" || e.Op == "" {
				t.Errorf("%s with %v: %#v", op, class, err)
			}
		}
	}
	wrapped := &secretmux.Error{Op: "get", Class: secretmux.ErrDenied, Err: own, Hint: "ask for the role"}
	for _, given := range []error{own, wrapped, errors.Join(secretmux.ErrDenied, own)} {
		_, p := with(faults.Always(faults.Step{Err: given}))
		if _, err := p.Get(t.Context(), "a"); !errors.Is(err, own) || err.Error() != given.Error() {
			t.Errorf("an error that is not a bare class comes back as %v", err)
		}
	}
}

func TestBadRatePanics(t *testing.T) {
	for _, rate := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || !errors.Is(err, secretmux.ErrInvalid) {
					t.Errorf("rate %v: recovered %v", rate, err)
				}
			}()
			faults.New(faults.Options{Rules: []faults.Rule{{Rate: rate}}})
		}()
	}
}

func TestWrapForwardsStringAndClose(t *testing.T) {
	m := backend()
	p := faults.New(faults.Options{Rules: []faults.Rule{faults.Always(faults.Step{Err: secretmux.ErrDenied})}}).Wrap(m)
	if err := secretmux.Close(p); err != nil || m.Calls().Close != 1 {
		t.Errorf("closed %d times, %v", m.Calls().Close, err)
	}
	f := faults.New(faults.Options{})
	bare := f.Wrap(secretmux.ProviderFunc(m.Get))
	got := []string{chainOf(p).(fmt.Stringer).String(), chainOf(bare).(fmt.Stringer).String()}
	if want := []string{"memory:", "secretmux.ProviderFunc"}; !slices.Equal(got, want) {
		t.Errorf("sources %q, want %q", got, want)
	}
}
