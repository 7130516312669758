package secretmux_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestChainAnswersFromTheFirstThatHasIt(t *testing.T) {
	first, second := has("one:", "a", "1", "empty", ""), has("two:", "a", "2", "b", "2", "empty", "x")
	c := chainOf(first, second)
	for name, want := range map[string]struct{ value, source string }{"a": {"1", "one:"}, "b": {"2", "two:"}, "empty": {"", "one:"}} {
		got, err := c.Get(t.Context(), name)
		wantSecret(t, want.value)(got, err)
		if got.Source() != want.source || got.Version() != "v9" {
			t.Errorf("%s: source %q, version %q", name, got.Source(), got.Version())
		}
	}
	if first.Gets.Load() != 3 || second.Gets.Load() != 1 {
		t.Errorf("%d and %d calls, want 3 and 1", first.Gets.Load(), second.Gets.Load())
	}
	if c.String() != "one:,two:" {
		t.Errorf("String is %q", c)
	}
}

func TestChainFailsClosed(t *testing.T) {
	for _, class := range inFront() {
		t.Run(class.Error(), func(t *testing.T) {
			weak := has("weak:", "a", canary)
			c := chainOf(has("empty:"), failing("strong:", class), weak)
			_, err := c.Get(t.Context(), "a")
			wantClass(t, class)(secretmux.Secret{}, err)
			var e *secretmux.Error
			if !errors.As(err, &e) || e.Source != "strong:" || e.Name != "a" || e.Op != "get" || e.Hint != "a hint" {
				t.Errorf("the error does not say where: %+v", e)
			}
			wantClass(t, class)(only(getMany(t.Context(), c, "a")))
			wantClass(t, class)(secretmux.GetVersion(t.Context(), c, "a", "current"))
			if weak.Gets.Load()+weak.Batches.Load() != 0 {
				t.Error("the weaker link was asked")
			}
		})
	}
}

func TestChainStopsAtAnErrorWithoutClass(t *testing.T) {
	cause := errors.New("cause")
	c := chainOf(secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		return secretmux.Secret{}, cause
	}), has("weak:", "a", "x"))
	_, err := c.Get(t.Context(), "a")
	if !errors.Is(err, cause) || secretmux.ClassOf(err) != nil {
		t.Errorf("err = %v", err)
	}
}

func TestChainGoesOnWhereALinkSaysSo(t *testing.T) {
	for _, class := range inFront() {
		t.Run(class.Error(), func(t *testing.T) {
			strong, weak := failing("strong:", class), has("weak:", "a", "x")
			for _, link := range []secretmux.Provider{
				secretmux.ContinueOn(strong, class),
				secretmux.ContinueOn(strong, secretmux.ErrDenied, class),
				secretmux.ContinueOn(secretmux.ContinueOn(strong, class), secretmux.ErrDenied),
				secretmux.ContinueOn(chainOf(strong), class),
				secretmux.ContinueOn(replicasOf(strong, strong), class),
				chainOf(secretmux.ContinueOn(strong, class)),
				chainOf(has("empty:"), secretmux.ContinueOn(strong, class)),
			} {
				c := chainOf(link, weak)
				wantSecret(t, "x")(c.Get(t.Context(), "a"))
				wantSecret(t, "x")(only(getMany(t.Context(), c, "a")))
				_, err := chainOf(link, has("empty:")).Get(t.Context(), "a")
				wantClass(t, class)(secretmux.Secret{}, err)
				if errors.Is(err, secretmux.ErrNotFound) {
					t.Errorf("a secret that nobody can read passes for absent: %v", err)
				}
			}
			other := chainOf(secretmux.ContinueOn(strong, secretmux.ErrNotFound), weak)
			wantClass(t, class)(other.Get(t.Context(), "a"))
		})
	}
}

func TestContinueOnIgnoresNilAndCopies(t *testing.T) {
	unclear := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		return secretmux.Secret{}, errors.New("no class")
	})
	classes := []error{nil, secretmux.ErrDenied, nil}
	c := chainOf(secretmux.ContinueOn(unclear, classes...), has("weak:", "a", "x"))
	if _, err := c.Get(t.Context(), "a"); err == nil {
		t.Error("a nil class lets every unclear error pass")
	}
	if classes[0] != nil || classes[2] != nil {
		t.Error("the caller's slice was changed")
	}
	if secretmux.ContinueOn(nil, secretmux.ErrDenied) != nil {
		t.Error("a nil provider did not stay nil")
	}
}

func TestChainAllAbsent(t *testing.T) {
	for name, c := range map[string]*secretmux.Chain{
		"flat":   chainOf(has("one:"), has("two:"), plain(has("three:"))),
		"nested": chainOf(chainOf(has("one:"), has("two:")), has("three:")),
	} {
		_, err := c.Get(t.Context(), "a")
		wantClass(t, secretmux.ErrNotFound)(secretmux.Secret{}, err)
		wantClass(t, secretmux.ErrNotFound)(only(getMany(t.Context(), c, "a")))
		var attempts *secretmux.FallbackError
		if !errors.As(err, &attempts) || len(attempts.Attempts) < 2 {
			t.Errorf("%s: the attempts are missing: %v", name, err)
		}
	}
	_, err := chainOf(has("one:")).Get(t.Context(), "a")
	wantClass(t, secretmux.ErrNotFound)(secretmux.Secret{}, err)
}

func TestChainIsNeverSticky(t *testing.T) {
	first, second := has("one:"), has("two:", "a", "2")
	c := chainOf(first, second)
	wantSecret(t, "2")(c.Get(t.Context(), "a"))
	first.Values["a"] = "1"
	wantSecret(t, "1")(c.Get(t.Context(), "a"))
	first.Fail = &secretmux.Error{Class: secretmux.ErrDenied}
	wantClass(t, secretmux.ErrDenied)(c.Get(t.Context(), "a"))
	first.Fail = nil
	delete(first.Values, "a")
	wantSecret(t, "2")(c.Get(t.Context(), "a"))
	delete(second.Values, "a")
	wantClass(t, secretmux.ErrNotFound)(c.Get(t.Context(), "a"))
}

func TestChainCopiesItsSlice(t *testing.T) {
	links := []secretmux.Provider{has("one:", "a", "1"), has("two:", "a", "2")}
	for _, c := range []secretmux.Provider{chainOf(links...), replicasOf(links...)} {
		links[0], links[1] = links[1], nil
		wantSecret(t, "1")(c.Get(t.Context(), "a"))
		links[0], links[1] = has("one:", "a", "1"), has("two:", "a", "2")
	}
}

func TestCompositionsOfNothing(t *testing.T) {
	b := has("one:", "a", "1")
	for name, links := range map[string][]secretmux.Provider{
		"none": nil, "nil": {nil}, "nil among others": {b, nil}, "a nil pointer": {(*secretmux.Store)(nil)}, "a nil from ContinueOn": {b, secretmux.ContinueOn(nil)},
	} {
		chain, err := secretmux.NewChain(links...)
		if wantInvalid(t, err); chain != nil {
			t.Errorf("%s: a chain was returned", name)
		}
		replicas, err := secretmux.NewReplicas(links...)
		if wantInvalid(t, err); replicas != nil {
			t.Errorf("%s: replicas were returned", name)
		}
	}
}

func TestFallbackError(t *testing.T) {
	denied := secretmux.ContinueOn(failing("denied:", secretmux.ErrDenied), secretmux.ErrDenied)
	c := chainOf(has("one:"), denied, chainOf(has("two:"), has("three:")))
	_, err := c.Get(t.Context(), "a")
	wantClass(t, secretmux.ErrDenied)(secretmux.Secret{}, err)
	if errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("absent in some links passes for absent: %v", err)
	}
	var attempts *secretmux.FallbackError
	if !errors.As(err, &attempts) || len(attempts.Attempts) != 3 {
		t.Fatalf("the attempts are missing: %v", err)
	}
	if want := "no link answered: one: not found, denied: denied, two:,three: not found"; attempts.Error() != want {
		t.Errorf("got %q", attempts)
	}
	if errors.Is(attempts, secretmux.ErrNotFound) || errors.Is(attempts, secretmux.ErrDenied) {
		t.Error("it unwraps to its attempts")
	}
	if !errors.Is(attempts.Attempts[1].Err, secretmux.ErrDenied) {
		t.Errorf("the second attempt is %v", attempts.Attempts[1].Err)
	}
	var e *secretmux.Error
	if !errors.As(err, &e) || e.Source != "denied:" || e.Hint != "a hint" {
		t.Errorf("the error does not point at the link to mend: %+v", e)
	}
	unclear := &secretmux.FallbackError{Attempts: []secretmux.Attempt{{Source: "x:", Err: errors.New("no class")}}}
	if got := unclear.Error(); got != "no link answered: x: failed" {
		t.Errorf("got %q", got)
	}
}

// cancelling is a provider that cancels its caller's context and then fails with
// class, as one that takes too long would.
func cancelling(cancel func(), class error) secretmux.Provider {
	return secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		cancel()
		return secretmux.Secret{}, &secretmux.Error{Class: class}
	})
}

func TestCancelledBetweenLinks(t *testing.T) {
	next := has("next:", "a", "x")
	chain := func(first secretmux.Provider) secretmux.Provider { return chainOf(first, next) }
	replicas := func(first secretmux.Provider) secretmux.Provider { return replicasOf(first, next) }
	get := func(ctx context.Context, p secretmux.Provider) error {
		_, err := p.Get(ctx, "a")
		return err
	}
	many := func(ctx context.Context, p secretmux.Provider) error {
		_, err := only(getMany(ctx, p, "a"))
		return err
	}
	for name, c := range map[string]struct {
		compose func(secretmux.Provider) secretmux.Provider
		class   error
		call    func(context.Context, secretmux.Provider) error
	}{
		"chain":               {chain, secretmux.ErrNotFound, get},
		"chain, many":         {chain, secretmux.ErrNotFound, many},
		"replicas":            {replicas, secretmux.ErrUnavailable, get},
		"replicas, throttled": {replicas, secretmux.ErrThrottled, get},
		"replicas, many":      {replicas, secretmux.ErrThrottled, many},
		"passed by ContinueOn": {func(p secretmux.Provider) secretmux.Provider {
			return chain(secretmux.ContinueOn(p, secretmux.ErrDenied))
		}, secretmux.ErrDenied, get},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			err := c.call(ctx, c.compose(cancelling(cancel, c.class)))
			if !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
				t.Errorf("err = %v, want the caller's cancellation and no class", err)
			}
		})
	}
	if next.Gets.Load()+next.Batches.Load() != 0 {
		t.Error("the next link was asked for a caller that had left")
	}
}

func TestCancelledAfterTheLastLinkIsAnAnswer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := chainOf(has("one:"), cancelling(cancel, secretmux.ErrNotFound)).Get(ctx, "a")
	wantClass(t, secretmux.ErrNotFound)(secretmux.Secret{}, err)
}

func TestCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	hanging := has("hangs:")
	hanging.Hang = true
	for _, p := range []secretmux.Provider{
		chainOf(hanging, has("next:", "a", "x")), replicasOf(hanging, has("next:", "a", "x")),
		chainOf(secretmux.ContinueOn(hanging, secretmux.ErrUnavailable, secretmux.ErrNotFound), has("next:", "a", "x")),
	} {
		_, err := p.Get(ctx, "a")
		_, errMany := only(getMany(ctx, p, "a"))
		_, errVersion := secretmux.GetVersion(ctx, p, "a", "current")
		for _, err := range []error{err, errMany, errVersion} {
			if !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil || !strings.HasPrefix(err.Error(), `secretmux: get`) {
				t.Errorf("err = %v", err)
			}
		}
		if err := secretmux.Check(ctx, chainOf(hanging)); !errors.Is(err, context.Canceled) {
			t.Errorf("Check: %v", err)
		}
	}
}
