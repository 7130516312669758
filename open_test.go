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

// opens is a Backend whose memory: links are the given backends, in order, each
// under its own URI. It reads the parameter prefix.
func opens(backends ...*backend) secretmux.Backend {
	next := 0
	return secretmux.Backend{"memory": func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		b := backends[next]
		next++
		p := u.Params()
		var prefix string
		p.Text("prefix", &prefix)
		return b, p.Done()
	}}
}

func TestOpen(t *testing.T) {
	first, second, third := has("", "a", "1"), has("", "a", "2", "b", "2"), has("", "b", "3", "c", "3")
	s, err := secretmux.Open(t.Context(), "memory:one,memory:two|memory:three?prefix=x", opens(first, second, third))
	if err != nil {
		t.Fatal(err)
	}
	if calls := first.Gets.Load() + first.Batches.Load() + first.Checks.Load() + first.Lists.Load(); calls != 0 {
		t.Errorf("opening made %d calls", calls)
	}
	for name, want := range map[string]struct{ value, source string }{"a": {"1", "memory:one"}, "b": {"2", "memory:two"}} {
		got, err := s.Get(t.Context(), name)
		wantSecret(t, want.value)(got, err)
		if got.Source() != want.source {
			t.Errorf("%s comes from %q", name, got.Source())
		}
	}
	wantClass(t, secretmux.ErrNotFound)(s.Get(t.Context(), "c")) // replicas hold the same: the third is not asked
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if first.Closes.Load() != 1 || second.Closes.Load() != 1 || third.Closes.Load() != 1 {
		t.Error("Close did not close each link once")
	}
}

func TestOpenOne(t *testing.T) {
	s, err := secretmux.Open(t.Context(), "memory:", opens(has("", "a", "1")))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(t.Context(), "a")
	wantSecret(t, "1")(got, err)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestOpenOn(t *testing.T) {
	open := func(config string) *secretmux.Store {
		s, err := secretmux.Open(t.Context(), config, opens(failing("", secretmux.ErrDenied), has("", "a", "2")))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	wantClass(t, secretmux.ErrDenied)(open("memory:,memory:").Get(t.Context(), "a"))
	wantClass(t, secretmux.ErrDenied)(open("memory:?on=unavailable,memory:").Get(t.Context(), "a"))
	got, err := open("memory:?on=denied,memory:").Get(t.Context(), "a")
	wantSecret(t, "2")(got, err)
	wantClass(t, secretmux.ErrDenied)(open("memory:|memory:").Get(t.Context(), "a"))
	got, err = open("memory:?on=denied|memory:").Get(t.Context(), "a")
	wantSecret(t, "2")(got, err)
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct{ config, want string }{
		"empty":              {"", "is empty"},
		"white space":        {" \n\t", "is empty"},
		"trailing comma":     {"memory:,", "open link 2: invalid: it is empty"},
		"leading comma":      {",memory:", "open link 1: invalid: it is empty"},
		"trailing bar":       {"memory:|", "open link 2: invalid: it is empty"},
		"two commas":         {"memory:,,memory:", "open link 2: invalid: it is empty"},
		"no URI":             {"memory:," + canary, "open link 2: invalid: it is not a URI"},
		"unknown scheme":     {canary + ":x", "known are memory:"},
		"a password":         {"memory:," + canary + ":" + canary + "@host", "open link 2: invalid: its scheme is unknown"},
		"upper case":         {"MEMORY:?" + canary, "1 unknown"},
		"unknown parameter":  {"memory:?" + canary + "=1", "known are document, on, only, prefix, retry, stale, timeout, ttl"},
		"repeated parameter": {"memory:?prefix=a&prefix=" + canary, "twice"},
		"malformed ttl":      {"memory:?ttl=" + canary, "ttl takes a duration"},
		"malformed on":       {"memory:?on=" + canary, "on takes classes"},
		"comma inside on":    {"memory:?on=denied,unavailable", "open link 2: invalid: it is not a URI"},
		"credential":         {"memory:,memory:?token=" + canary, "token_file="},
		"userinfo":           {"memory://" + canary + "@h/", "credentials before the host"},
		"second replica":     {"memory:,memory:|memory:?ttl=" + canary, "open link 3"},
		"cloud":              {"vault://" + canary + "/kv", `import "github.com/secretmux/secretmux/providers/vault" and pass its Backend(); known are memory:`},
		"env":                {"env:", "secretmux/providers/local"},
		"dotenv":             {"dotenv:" + canary, "secretmux/providers/local"},
		"file":               {"file:///" + canary, "secretmux/providers/local"},
		"docker":             {"docker:", "secretmux/providers/local"},
		"aws-sm":             {"aws-sm://" + canary, "secretmux/providers/aws"},
		"aws-ps":             {"aws-ps:", "secretmux/providers/aws"},
		"gcp-sm":             {"gcp-sm://" + canary, "secretmux/providers/gcp"},
		"azure-kv":           {"azure-kv://" + canary, "secretmux/providers/azure"},
	} {
		t.Run(name, func(t *testing.T) {
			b := has("")
			s, err := secretmux.Open(t.Context(), c.config, opens(b, b, b))
			wantInvalid(t, err)
			if s != nil {
				t.Error("got a store besides the error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q is missing in %v", c.want, err)
			}
		})
	}
}

func TestOpenReportsAllMistakesAtOnce(t *testing.T) {
	b := has("")
	_, err := secretmux.Open(t.Context(), "memory:?ttl=x&stale=y&"+canary+"=z,"+canary+"|memory:,memory:?a=1&a=2&token="+canary+",vault:", opens(b, b))
	wantInvalid(t, err)
	for _, want := range []string{
		"open link 1: invalid: memory: the parameter ttl is malformed", "open link 1: invalid: memory: the parameter stale is malformed",
		"open link 1: invalid: memory: has 1 unknown parameter", "open link 2: invalid: it is not a URI", "open link 4: invalid: it has a parameter twice",
		"open link 4: invalid: it has a parameter for a credential", "open link 5: invalid: the scheme vault: is not linked in",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "link 3") {
		t.Errorf("a sound link is blamed: %v", err)
	}
	if b.Closes.Load() != 1 {
		t.Errorf("the sound link was closed %d times, want once", b.Closes.Load())
	}
	var e *secretmux.Error
	if !errors.As(err, &e) || e.Hint == "" {
		t.Error("no hint")
	}
}

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

func TestParseConfigTellsOfEachLink(t *testing.T) {
	links, err := secretmux.ParseConfig("env:?prefix=A_, vault://h/kv?ttl=5m|" + canary + "//, aws-sm:?on=nope")
	wantInvalid(t, err)
	if len(links) != 4 || links[2].URI != nil || links[2].Err == nil || links[3].Err == nil || links[3].URI == nil {
		t.Fatalf("%+v", links)
	}
	if l := links[1]; l.Overlay != 1 || l.Replica != 0 || l.URI.Scheme != "vault" || l.Err != nil {
		t.Errorf("%+v", l)
	}
	if l := links[2]; l.Overlay != 1 || l.Replica != 1 {
		t.Errorf("%+v", l)
	}
	if value, ok := links[0].URI.Param("prefix"); !ok || value != "A_" || len(links[0].URI.Keys()) != 1 {
		t.Errorf("prefix is %q, %t", value, ok)
	}
	for _, text := range []string{"link 3", "link 4"} {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%v does not name %s", err, text)
		}
	}
	for _, quotes := range []string{`"env:,dotenv:.env"`, `'env:'`} {
		if _, err := secretmux.ParseConfig(quotes); err == nil || !strings.Contains(err.Error(), "quotes around") {
			t.Errorf("%s: %v", quotes, err)
		}
	}
}
