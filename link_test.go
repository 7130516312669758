package secretmux_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

func wantTimeout(t *testing.T, start time.Time, want time.Duration, err error) {
	t.Helper()
	if took := time.Since(start); took != want {
		t.Errorf("took %v, want %v", took, want)
	}
	wantClass(t, secretmux.ErrUnavailable)(secretmux.Secret{}, err)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		t.Errorf("our own timeout passes for the caller's: %v", err)
	}
	var e *secretmux.Error
	if !errors.As(err, &e) || e.Source != "hangs:" || e.Hint == "" {
		t.Errorf("%+v", e)
	}
}

func TestLinkTimeout(t *testing.T) {
	calls := map[string]func(context.Context, secretmux.Provider) error{
		"get": func(ctx context.Context, p secretmux.Provider) error {
			_, err := p.Get(ctx, "a")
			return err
		},
		"get version": func(ctx context.Context, p secretmux.Provider) error {
			_, err := secretmux.GetVersion(ctx, p, "a", "current")
			return err
		},
		"get many": func(ctx context.Context, p secretmux.Provider) error {
			_, err := only(getMany(ctx, p, "a", "b"))
			return err
		},
		"list": func(ctx context.Context, p secretmux.Provider) (last error) {
			for _, err := range secretmux.List(ctx, p, "") {
				last = err
			}
			return last
		},
		"check": secretmux.Check,
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				wantTimeout(t, start, 10*time.Second, call(t.Context(), chainOf(hanging("hangs:"), has("next:", "a", "x"))))

				start = time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				err := call(ctx, chainOf(hanging("hangs:"), has("next:", "a", "x")))
				if took := time.Since(start); took != time.Second || !errors.Is(err, context.DeadlineExceeded) || secretmux.ClassOf(err) != nil {
					t.Errorf("the caller's deadline after 1s: %v after %v", err, took)
				}
			})
		})
	}
}

func TestTimeoutParameter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := secretmux.Open(t.Context(), "memory:?timeout=250ms|memory:?timeout=1s|memory:", opens(hanging(""), hanging(""), has("", "a", "x")))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		got, err := s.Get(t.Context(), "a")
		wantSecret(t, "x")(got, err)
		if took := time.Since(start); took != 1250*time.Millisecond {
			t.Errorf("took %v, want 250ms and 1s", took)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestReplicasGoOnAfterATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		got, err := replicasOf(hanging("hangs:"), has("next:", "a", "x")).Get(t.Context(), "a")
		wantSecret(t, "x")(got, err)
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// A composition gets the sum of its links' timeouts, or the last could never answer.
func TestTimeoutOfAComposition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := replicasOf(hanging("1:"), hanging("2:"), has("3:", "a", "x"))
		start := time.Now()
		got, err := chainOf(secretmux.ContinueOn(inner, secretmux.ErrDenied)).Get(t.Context(), "a")
		wantSecret(t, "x")(got, err)
		if took := time.Since(start); took != 20*time.Second {
			t.Errorf("took %v", took)
		}
		if got.Source() != "3:" {
			t.Errorf("source %q", got.Source())
		}
	})
}

func TestTimeUsedByTheCallerOfListIsNotTheLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		for _, err := range secretmux.List(t.Context(), chainOf(has("one:", "a", "1", "b", "2", "c", "3")), "") {
			if err != nil {
				t.Fatal(err)
			}
			n++
			time.Sleep(20 * time.Second)
		}
		if n != 3 {
			t.Errorf("%d names", n)
		}
	})
}

func TestLinkDescribesErrors(t *testing.T) {
	sdk := io.ErrUnexpectedEOF
	for name, c := range map[string]struct {
		err, class error
		cause      error // still reachable
	}{
		"typed":              {&secretmux.Error{Class: secretmux.ErrDenied, Err: sdk}, secretmux.ErrDenied, sdk},
		"wrapped":            {fmt.Errorf("outer: %w", &secretmux.Error{Class: secretmux.ErrDenied, Err: sdk}), secretmux.ErrDenied, sdk},
		"bare class":         {fmt.Errorf("%w: %w", secretmux.ErrCorrupt, sdk), secretmux.ErrCorrupt, sdk},
		"no class":           {sdk, nil, sdk},
		"joined":             {errors.Join(&secretmux.Error{Class: secretmux.ErrNotFound}, &secretmux.Error{Class: secretmux.ErrDenied, Err: sdk}), secretmux.ErrDenied, sdk},
		"its own deadline":   {context.DeadlineExceeded, secretmux.ErrUnavailable, nil},
		"its own cancelling": {fmt.Errorf("sdk: %w", context.Canceled), secretmux.ErrUnavailable, nil},
		"classified timeout": {&secretmux.Error{Class: secretmux.ErrUnavailable, Err: context.DeadlineExceeded}, secretmux.ErrUnavailable, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := chainOf(fails(c.err), has("next:", "a", "x")).Get(t.Context(), "a")
			if secretmux.ClassOf(err) != c.class {
				t.Errorf("class of %v is %v", err, secretmux.ClassOf(err))
			}
			if c.cause != nil && !errors.Is(err, c.cause) {
				t.Errorf("the cause is lost: %v", err)
			}
			if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
				t.Errorf("it passes for the caller's context: %v", err)
			}
			var e *secretmux.Error
			if !errors.As(err, &e) || e.Op != "get" || e.Name != "a" || e.Source != "secretmux.ProviderFunc" {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestLinkLeavesTheProvidersErrorAlone(t *testing.T) {
	own := &secretmux.Error{Class: secretmux.ErrDenied}
	_, _ = chainOf(fails(own)).Get(t.Context(), "a")
	if own.Name != "" || own.Source != "" || own.Op != "" {
		t.Errorf("the provider's error was changed: %+v", own)
	}
}
