package secretmux_test

import (
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

func paramsOf(t *testing.T, query string) *secretmux.Params {
	t.Helper()
	u, err := secretmux.ParseURI("memory:?" + query)
	if err != nil {
		t.Fatal(err)
	}
	return u.Params()
}

func TestParams(t *testing.T) {
	p := paramsOf(t, "s=a+b%2Cc&b=true&f=false&e=two&n=-3&d=1m30s&zero=0s")
	var (
		s, e                  = "", "one"
		b, f                  = false, true
		n                     = 1
		d, zero time.Duration = 0, time.Hour
	)
	p.Text("s", &s)
	p.Bool("b", &b)
	p.Bool("f", &f)
	p.Enum("e", &e, "one", "two")
	p.Int("n", &n, -3, 3)
	p.Duration("d", &d)
	p.Duration("zero", &zero)
	if err := p.Done(); err != nil {
		t.Fatal(err)
	}
	if s != "a b,c" || !b || f || e != "two" || n != -3 || d != 90*time.Second || zero != 0 {
		t.Error(s, b, f, e, n, d, zero)
	}
}

func TestParamsAbsentKeepTheDefault(t *testing.T) {
	p := paramsOf(t, "")
	s, b, n, d := "default", true, 5, time.Minute
	p.Text("s", &s)
	p.Bool("b", &b)
	p.Enum("e", &s, "one")
	p.Int("n", &n, 0, 1)
	p.Duration("d", &d)
	if err := p.Done(); err != nil || s != "default" || !b || n != 5 || d != time.Minute || p.Has("s") {
		t.Error(err, s, b, n, d)
	}
}

func TestParamsMalformed(t *testing.T) {
	read := func(p *secretmux.Params) error {
		b, e, n, d, text := true, "one", 1, time.Minute, "default"
		p.Text("t", &text)
		p.Bool("b", &b)
		p.Enum("e", &e, "one", "two")
		p.Int("n", &n, 0, 10)
		p.Duration("d", &d)
		if text != "default" || !b || e != "one" || n != 1 || d != time.Minute {
			t.Error("a malformed parameter changed its variable")
		}
		return p.Done()
	}
	for _, query := range []string{
		"b=" + canary, "b=", "b=True", "b=1", "b=yes", "b=+true", "e=" + canary, "e=", "e=One", "e=one+", "n=" + canary, "n=", "n=11", "n=-1", "n=1x", "n=0x1",
		"n=1.0", "n=1e1", "n=99999999999999999999", "n=+1", "d=" + canary, "d=", "d=5", "d=-5s", "d=5+s", "d=1y", "d=99999999999h", "d=NaN",
	} {
		err := read(paramsOf(t, query))
		wantInvalid(t, err)
		key, _, _ := strings.Cut(query, "=")
		if !strings.Contains(err.Error(), "the parameter "+key+" is malformed") || !strings.Contains(err.Error(), key+" takes ") {
			t.Errorf("%s: the error does not say what to write: %v", query, err)
		}
	}
	empty := read(paramsOf(t, "t="))
	if wantInvalid(t, empty); !strings.Contains(empty.Error(), "the parameter t is empty") {
		t.Errorf("t=: the error does not say that it is empty: %v", empty)
	}
	err := read(paramsOf(t, "b=x&e=x&n=x&d=x&"+canary+"=x&y=z"))
	wantInvalid(t, err)
	for _, part := range []string{
		"parameter b is", "parameter e is", "parameter n is", "parameter d is", "2 unknown", "known are b, d, document, e, n, on, only, retry, stale, t, timeout, ttl",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in %v", part, err)
		}
	}
}

func TestParamsUnknown(t *testing.T) {
	for _, query := range []string{canary, canary + "=1", "prefx=" + canary, "Prefix=" + canary, "=" + canary, "prefix+=" + canary} {
		p := paramsOf(t, query)
		var prefix string
		p.Text("prefix", &prefix)
		err := p.Done()
		wantInvalid(t, err)
		if !strings.Contains(err.Error(), "memory: has 1 unknown") || !strings.Contains(err.Error(), "known are document, on, only, prefix, retry, stale, timeout, ttl") {
			t.Errorf("the error does not list what is known: %v", err)
		}
	}
}

func TestParamsOfEveryLinkAreKnown(t *testing.T) {
	p := paramsOf(t, "ttl=5m&stale=1h&timeout=5s&on=denied")
	if err := p.Done(); err != nil {
		t.Error(err)
	}
	if !p.Has("ttl") || p.Has("prefix") {
		t.Error("Has is wrong")
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
