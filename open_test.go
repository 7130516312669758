package secretmux_test

import (
	"context"
	"errors"
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
