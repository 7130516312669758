package secretmux_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
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

func TestOnlyPatterns(t *testing.T) {
	for _, tt := range []struct {
		patterns  string
		has, lack []string
	}{
		{"db", []string{"db"}, []string{"db/x", "d", "dbx", "x/db"}},
		{"db/*", []string{"db/x", "db/y.z"}, []string{"db", "db/x/y", "adb/x"}},
		{"db/**", []string{"db", "db/x", "db/x/y/z"}, []string{"dbx", "a/db/x"}},
		{"**/key", []string{"key", "a/key", "a/b/key"}, []string{"a/keys", "key/a"}},
		{"a/**/z", []string{"a/z", "a/b/z", "a/b/c/z"}, []string{"a", "z", "a/zz", "b/a/z"}},
		{"**", []string{"a", "a/b"}, nil},
		{"[a-c]?", []string{"a1", "cc"}, []string{"d1", "a", "a12"}},
		{"db/*+payments/**", []string{"db/x", "payments", "payments/a/b"}, []string{"db", "other"}},
		{"db/*%2Bother", []string{"db/x", "other"}, []string{"db"}},
		{`a\*`, []string{"a*"}, []string{"ab"}},
	} {
		all := has("cloud:")
		for _, name := range slices.Concat(tt.has, tt.lack) {
			all.Values[name] = "x"
		}
		s := must(secretmux.Open(t.Context(), "cloud:?only="+strings.ReplaceAll(tt.patterns, `\`, "%5C"), answers("cloud", all, nil)))
		for _, name := range tt.has {
			wantSecret(t, "x")(s.Get(t.Context(), name))
		}
		asked := all.Gets.Load()
		for _, name := range tt.lack {
			_, err := s.Get(t.Context(), name)
			if secretmux.ClassOf(err) != secretmux.ErrNotFound || !strings.Contains(err.Error(), "only=") {
				t.Errorf("only=%s: %s: %v", tt.patterns, name, err)
			}
		}
		if all.Gets.Load() != asked {
			t.Errorf("only=%s: the backend was asked for a name that is left out", tt.patterns)
		}
		_ = s.Close()
	}
}

// A plain setting never reaches the cloud, whatever asks for it.
func TestOnlyIsHeldByEveryCall(t *testing.T) {
	cloud := has("cloud:", "db/password", "secret", "log/level", "from the cloud")
	cloud.Versions = map[string]string{"db/password@7": "older", "log/level@7": "older"}
	cloud.URI = ""
	env := has("", "log/level", "debug", "db/user", "app")
	s := must(secretmux.Open(t.Context(), "env:,cloud:?only=db/*", answers("env", env, nil), answers("cloud", cloud, nil)))
	defer func() { _ = s.Close() }()

	results := must(s.GetMany(t.Context(), []string{"log/level", "db/password", "log/format", "db/user"}))
	for i, want := range []string{"debug", "secret", "", "app"} {
		if results[i].Secret.Reveal() != want {
			t.Errorf("%s is %q, %v", results[i].Name, results[i].Secret.Reveal(), results[i].Err)
		}
	}
	if names, _ := cloud.LastBatch.Load().([]string); len(names) != 0 || cloud.Gets.Load() != 1 {
		t.Errorf("the cloud was asked for %q in a batch, and %d times singly; want db/password", names, cloud.Gets.Load())
	}
	if _, err := s.GetVersion(t.Context(), "log/level", "7"); err == nil || cloud.Gets.Load() != 1 {
		t.Errorf("a version of a plain setting: %v, %d calls of the cloud", err, cloud.Gets.Load())
	}
	var listed []string
	for info, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, info.Name+"@"+info.Source)
	}
	if want := []string{"db/user@env:", "log/level@env:", "db/password@cloud:?only=db%2F%2A"}; !slices.Equal(listed, want) {
		t.Errorf("List yields %q, want %q", listed, want)
	}
	if got := roles(secretmux.Explain(t.Context(), s, "log/format")); got != "env: passed (not found); cloud:?only=db%2F%2A not asked" {
		t.Errorf("Explain says %s", got)
	}
	if err := s.Check(t.Context()); err != nil || cloud.Checks.Load() != 1 {
		t.Errorf("Check = %v, and the cloud was checked %d times", err, cloud.Checks.Load())
	}
}

func TestOnlyInReplicas(t *testing.T) {
	a, b := has("", "db/x", "a", "y", "a"), has("", "db/x", "b", "y", "b")
	s := must(secretmux.Open(t.Context(), "a:?only=db/*|b:?only=z/*", answers("a", a, nil), answers("b", b, nil)))
	defer func() { _ = s.Close() }()
	wantSecret(t, "a")(s.Get(t.Context(), "db/x"))
	wantClass(t, secretmux.ErrNotFound)(s.Get(t.Context(), "y"))
	if b.Gets.Load()+b.Batches.Load() != 0 {
		t.Error("the second replica was asked")
	}
	a.Fail = &secretmux.Error{Op: "get", Class: secretmux.ErrUnavailable}
	wantClass(t, secretmux.ErrUnavailable)(s.Get(t.Context(), "db/z"))
}

// A malformed name is not absent because no link looks at it, and is not quoted.
func TestOnlyAndAMalformedName(t *testing.T) {
	s := must(secretmux.Open(t.Context(), "a:?only=db/*,b:?only=x", answers("a", has("", "db/x", "1"), nil), answers("b", has(""), nil)))
	defer func() { _ = s.Close() }()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	c := chainOf(secretmux.ContinueOn(s), secretmux.ContinueOn(s))
	for _, name := range []string{"../" + canary, canary + "\x00", ""} {
		_, err := c.Get(t.Context(), name)
		wantClass(t, secretmux.ErrInvalid)(only(getMany(t.Context(), c, name)))
		wantClass(t, secretmux.ErrInvalid)(secretmux.GetVersion(t.Context(), c, name, "1"))
		wantClass(t, secretmux.ErrInvalid)(secretmux.Secret{}, err)
		noLeak(t, err)
		_, err = c.Get(ended, name)
		noLeak(t, err)
	}
}
