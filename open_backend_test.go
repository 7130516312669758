package secretmux_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestOpenBadBackends(t *testing.T) {
	b := has("")
	for name, c := range map[string]struct {
		backends []secretmux.Backend
		want     string
	}{
		"none":         {nil, "no backends were given"},
		"nil":          {[]secretmux.Backend{nil}, "no backends were given"},
		"twice":        {[]secretmux.Backend{answers("x", b, nil), answers("x", b, nil)}, "two backends claim the scheme x:"},
		"nil OpenFunc": {[]secretmux.Backend{{"x": nil}}, "x: has no OpenFunc"},
		"nil provider": {[]secretmux.Backend{answers("x", nil, nil)}, "x: returned no provider"},
		"nil pointer":  {[]secretmux.Backend{answers("x", (*backend)(nil), nil)}, "x: returned no provider"},
		"other scheme": {[]secretmux.Backend{answers("y", b, nil), answers("z", b, nil)}, "known are y:, z:"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := secretmux.Open(t.Context(), "x:"+canary, c.backends...)
			wantInvalid(t, err)
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q is missing in %v", c.want, err)
			}
		})
	}
	if b.Closes.Load() != 0 {
		t.Error("a provider that was never opened was closed")
	}
}

func TestOpenKeepsTheClassOfABackend(t *testing.T) {
	for name, c := range map[string]struct{ err, class error }{
		"denied":  {&secretmux.Error{Op: "open", Class: secretmux.ErrDenied, Hint: "chmod"}, secretmux.ErrDenied},
		"wrapped": {fmt.Errorf("opening: %w", &secretmux.Error{Class: secretmux.ErrDenied}), secretmux.ErrDenied},
		"bare":    {fmt.Errorf("%w: %w", secretmux.ErrDenied, fs.ErrPermission), secretmux.ErrDenied},
		"unclear": {fs.ErrPermission, secretmux.ErrInvalid},
	} {
		_, err := secretmux.Open(t.Context(), "x:", answers("x", nil, c.err))
		if secretmux.ClassOf(err) != c.class || !strings.Contains(err.Error(), "open link 1") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpenClosesWhatItOpened(t *testing.T) {
	first, second, third := has(""), has(""), has("")
	first.CloseErr = errors.New("first does not close")
	_, err := secretmux.Open(t.Context(), "memory:,memory:|memory:,bad:", opens(first, second, third), answers("bad", nil, &secretmux.Error{Class: secretmux.ErrInvalid}))
	wantInvalid(t, err)
	for i, b := range []*backend{first, second, third} {
		if b.Closes.Load() != 1 {
			t.Errorf("link %d was closed %d times", i+1, b.Closes.Load())
		}
	}
	if !errors.Is(err, first.CloseErr) {
		t.Errorf("the failure to close is lost: %v", err)
	}
}

func TestOpenClosesALinkWithABadPolicy(t *testing.T) {
	b := has("")
	_, err := secretmux.Open(t.Context(), "memory:?timeout=0s", opens(b))
	wantInvalid(t, err)
	if b.Closes.Load() != 1 {
		t.Errorf("closed %d times", b.Closes.Load())
	}
}

func TestOpenerOptions(t *testing.T) {
	b := has("")
	o := secretmux.Opener{Backends: []secretmux.Backend{opens(b)}, Options: secretmux.Options{MaxStale: -1}}
	_, err := o.Open(t.Context(), "memory:")
	wantInvalid(t, err)
	if b.Closes.Load() != 1 {
		t.Errorf("bad options left the link open: closed %d times", b.Closes.Load())
	}
}

func TestOpenPassesTheURI(t *testing.T) {
	var got *secretmux.URI
	s, err := secretmux.Open(t.Context(), "x://host/a%2Cb?k=v&ttl=5m", secretmux.Backend{
		"x": func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
			got = u
			return has("", "a", "1"), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if got.Scheme != "x" || got.Authority != "host" || got.Path != "/a,b" || !got.Params().Has("k") {
		t.Errorf("got %v", got)
	}
	secret, err := s.Get(t.Context(), "a")
	wantSecret(t, "1")(secret, err)
	if secret.Source() != "x://host/a%2Cb?k=v&ttl=5m" {
		t.Errorf("source %q", secret.Source())
	}
}
