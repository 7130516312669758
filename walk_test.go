package secretmux_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

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
