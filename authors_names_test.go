package secretmux_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

func TestWithValueKeepsTheDescription(t *testing.T) {
	meta := secretmux.Meta{Version: "7", Created: time.Unix(1, 0), Expires: time.Unix(2, 0), Source: "x:", TTL: 3 * time.Second}
	s := secretmux.NewSecret([]byte("sealed"), meta)
	value := []byte("opened")
	opened := s.WithValue(value)
	value[0] = '!'
	if opened.Reveal() != "opened" || opened.Meta() != meta || s.Reveal() != "sealed" || s.Meta() != meta {
		t.Errorf("%q %+v, and the original %q", opened.Reveal(), opened.Meta(), s.Reveal())
	}
	if empty := (secretmux.Secret{}).WithValue(nil); empty.IsZero() || empty.Reveal() != "" {
		t.Error("a nil value is not the empty secret")
	}
}

// A decorator that decodes values keeps a link's ttl=, which no Meta shows as such.
func TestWithValueKeepsALinksLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := has("x:", "a", "1")
		inner := must(secretmux.Open(t.Context(), "x:?ttl=1h", answers("x", plain(b), nil)))
		decodes := secretmux.ProviderFunc(func(ctx context.Context, name string) (secretmux.Secret, error) {
			secret, err := inner.Get(ctx, name)
			if err != nil {
				return secretmux.Secret{}, err
			}
			return secret.WithValue([]byte("decoded")), nil
		})
		outer := must(secretmux.New(decodes, secretmux.Options{TTL: time.Second}))
		defer func() { _ = errors.Join(outer.Close(), inner.Close()) }()
		wantSecret(t, "decoded")(outer.Get(t.Context(), "a"))
		time.Sleep(30 * time.Minute)
		wantSecret(t, "decoded")(outer.Get(t.Context(), "a"))
		if b.Gets.Load() != 1 {
			t.Errorf("%d reads in half of the link's TTL", b.Gets.Load())
		}
	})
}

func TestOptionsThatForgotTheUnit(t *testing.T) {
	for name, opts := range map[string]secretmux.Options{
		"TTL": {TTL: 300}, "MaxStale": {MaxStale: 3600}, "NegativeTTL": {NegativeTTL: 5}, "Grace": {Grace: time.Millisecond},
		"Timeout": {Timeout: 10}, "CallbackTimeout": {CallbackTimeout: 60},
	} {
		_, err := secretmux.New(has(""), opts)
		if wantInvalid(t, err); !strings.Contains(err.Error(), "Options."+name) || !strings.Contains(err.Error(), "unit") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, opts := range []secretmux.Options{{TTL: -1}, {NegativeTTL: -1}, {Grace: -1}, {CallbackTimeout: -1}, {TTL: 10 * time.Millisecond}} {
		s := must(secretmux.New(has(""), opts))
		_ = s.Close()
	}
}

func TestProbeIsOneResultALink(t *testing.T) {
	s := must(secretmux.Open(t.Context(), "up:,down:|denied:",
		answers("up", has(""), nil), answers("down", failing("", secretmux.ErrUnavailable), nil), answers("denied", failing("", secretmux.ErrDenied), nil)))
	defer func() { _ = s.Close() }()
	all := secretmux.Probe(t.Context(), s)
	want := []struct {
		source string
		class  error
	}{{"up:", nil}, {"down:", secretmux.ErrUnavailable}, {"denied:", secretmux.ErrDenied}}
	if len(all) != len(want) {
		t.Fatalf("%+v", all)
	}
	for i, w := range want {
		if all[i].Source != w.source || !errors.Is(all[i].Class, w.class) || (all[i].Err == nil) != (w.class == nil) || w.class != nil && all[i].Hint == "" {
			t.Errorf("%+v, want %+v", all[i], w)
		}
	}
	if one := secretmux.Probe(t.Context(), plain(has(""))); len(one) != 1 || one[0].Err != nil {
		t.Errorf("a provider without Check: %+v", one)
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

// A link that is not a URI is often one with something around it.
func TestWhatStandsAroundALink(t *testing.T) {
	for config, hint := range map[string]string{
		"memory:,'dotenv:" + canary + "'": "take the quotes out", "memory:,\"memory:": "take the quotes out", "`memory:`": "take the quotes out",
		"\u201cmemory:" + canary + "\u201d": "take the quotes out", "memory:,'memory:'|memory:": "take the quotes out",
		"SECRETS=memory:": "name of the variable", "export SECRETS=" + canary + ":": "name of the variable",
		"$SECRETS": "replaced", "memory:,${" + canary + "}": "replaced", "env": "a colon", "memory:,dotenv": "a colon",
		canary: "write scheme:", "": "say where",
	} {
		_, err := secretmux.ParseConfig(config)
		if wantInvalid(t, err); !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v lacks %q", config, err, hint)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	for config, meant := range map[string]string{
		"doker:": "did you mean docker:?", "aws-ssm:": "did you mean aws-sm:?", "dotnev:.env": "did you mean dotenv:?",
		"memry:": "did you mean memory:?", "memory:?tll=5m": "did you mean ttl=?", "memory:?prefx=a": "did you mean prefix=?",
		"memory:?timeot=1s": "did you mean timeout=?", "memory:?TTL=5m": "did you mean ttl=?", "memory:?Prefx=a": "did you mean prefix=?",
		"gcp://p": "did you mean gcp-sm:?", "azure-keyvault://v": "did you mean azure-kv:?", "vault+unix:///run/v": "did you mean vault:?",
		"aws://eu-west-1": "did you mean aws-ps: or aws-sm:?", "docker-secrets:": "did you mean docker:?",
	} {
		_, err := secretmux.Open(t.Context(), config, opens(has("")))
		if wantInvalid(t, err); !strings.Contains(err.Error(), meant) {
			t.Errorf("%s: %v lacks %q", config, err, meant)
		}
	}
	for _, config := range []string{canary + ":", "xy:", "memory:?" + canary + "=1"} {
		_, err := secretmux.Open(t.Context(), config, opens(has("")))
		if wantInvalid(t, err); strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%s: %v", config, err)
		}
	}
}
