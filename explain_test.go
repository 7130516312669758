package secretmux_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

// roles is an explanation in one line: source, role and class of each link.
func roles(e secretmux.Explanation) string {
	parts := make([]string, len(e.Links))
	for i, o := range e.Links {
		parts[i] = fmt.Sprintf("%s %s", o.Source, o.Role)
		if o.Class != nil {
			parts[i] += " (" + o.Class.Error() + ")"
		}
	}
	return strings.Join(parts, "; ")
}

func TestExplainRoles(t *testing.T) {
	one, two, three := has("1:", "a", canary), has("2:", "a", canary), has("3:")
	denied, down := failing("denied:", secretmux.ErrDenied), failing("down:", secretmux.ErrUnavailable)
	chain, replicas := chainOf, replicasOf
	for name, c := range map[string]struct {
		p    secretmux.Provider
		want string
	}{
		"answers and shadowed":       {chain(one, two, three), "1: answers; 2: shadowed; 3: not reached (not found)"},
		"passed":                     {chain(three, one), "3: passed (not found); 1: answers"},
		"stops":                      {chain(three, denied, one), "3: passed (not found); denied: stops (denied); 1: shadowed"},
		"unreached":                  {chain(denied, three, down), "denied: stops (denied); 3: not reached (not found); down: not reached (unavailable)"},
		"all absent":                 {chain(three, three), "3: passed (not found); 3: passed (not found)"},
		"on=":                        {chain(secretmux.ContinueOn(denied, secretmux.ErrDenied), one), "denied: passed (denied); 1: answers"},
		"replicas":                   {replicas(down, one, two), "down: passed (unavailable); 1: answers; 2: shadowed"},
		"replicas stop":              {replicas(three, one), "3: stops (not found); 1: shadowed"},
		"replicas all down":          {replicas(down, down), "down: passed (unavailable); down: passed (unavailable)"},
		"replicas answer in a chain": {chain(three, replicas(down, one), two), "3: passed (not found); down: passed (unavailable); 1: answers; 2: shadowed"},
		"replicas shadowed":          {chain(one, replicas(down, two)), "1: answers; down: not reached (unavailable); 2: shadowed"},
		"replicas absent in a chain": {chain(replicas(down, three), one), "down: passed (unavailable); 3: passed (not found); 1: answers"},
		"replicas stop a chain":      {chain(replicas(denied, one), two), "denied: stops (denied); 1: shadowed; 2: shadowed"},
		"replicas down stop a chain": {chain(replicas(down, down), two), "down: stops (unavailable); down: passed (unavailable); 2: shadowed"},
		"chain in a chain":           {chain(chain(three, one), two), "3: passed (not found); 1: answers; 2: shadowed"},
		"one provider":               {one, "1: answers"},
	} {
		t.Run(name, func(t *testing.T) {
			e := secretmux.Explain(t.Context(), c.p, "a")
			if got := roles(e); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if e.Ref != "a" {
				t.Errorf("Ref is %q", e.Ref)
			}
			if piece := leakIn(fmt.Sprintf("%s %+v %#v", e, e, e)); piece != "" {
				t.Errorf("it leaks %q: %s", piece, e)
			}
			for _, o := range e.Links {
				noLeak(t, o.Err)
				if o.Class != secretmux.ClassOf(o.Err) {
					t.Errorf("%s: class %v of %v", o.Source, o.Class, o.Err)
				}
			}
			secret, err := c.p.Get(t.Context(), "a")
			answers := strings.Contains(c.want, "answers")
			if answers != (err == nil) || answers && !strings.Contains(c.want, secret.Source()+" answers") {
				t.Errorf("Get disagrees: from %q, %v", secret.Source(), err)
			}
		})
	}
}

func TestExplainField(t *testing.T) {
	c := chainOf(has("1:", "a", `{"x":"`+canary+`"}`), has("2:", "a", canary))
	e := secretmux.Explain(t.Context(), c, "a#x")
	if got := roles(e); got != "1: answers; 2: shadowed (invalid)" || e.Ref != "a#x" {
		t.Errorf("got %s of %s", got, e.Ref)
	}
	e = secretmux.Explain(t.Context(), c, "a#y")
	if got := roles(e); got != "1: answers (not found); 2: shadowed (invalid)" {
		t.Errorf("got %s", got)
	}
	if !errors.Is(e.Links[0].Err, secretmux.ErrFieldNotFound) || !strings.Contains(e.String(), "field not found") {
		t.Errorf("the missing field does not show: %s", e)
	}
	for _, o := range e.Links {
		noLeak(t, o.Err)
	}
}

func TestExplainBadReference(t *testing.T) {
	b := has("1:", "a", "x")
	for _, ref := range []string{"", canary + "#a#b", "../" + canary, canary + "?version="} {
		for _, p := range []secretmux.Provider{chainOf(b), replicasOf(b)} {
			e := secretmux.Explain(t.Context(), p, ref)
			if len(e.Links) != 1 || e.Links[0].Role != secretmux.RoleStops || e.Ref != "" {
				t.Errorf("%+v", e)
			}
			wantInvalid(t, e.Links[0].Err)
			if leakIn(e.String()) != "" {
				t.Errorf("it quotes the reference: %s", e)
			}
		}
	}
	if b.Gets.Load() != 0 {
		t.Error("the backend was asked")
	}
}

// A store's Explain is past its cache: it tells what a read would meet now.
func TestExplainOfAStore(t *testing.T) {
	first, second := has(""), has("", "a", canary)
	s, err := secretmux.Open(t.Context(), "memory:?prefix=1,memory:?prefix=2", opens(first, second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Get(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	first.Fail = &secretmux.Error{Class: secretmux.ErrDenied}
	for _, p := range []secretmux.Provider{s, chainOf(s)} {
		if got := roles(secretmux.Explain(t.Context(), p, "a")); got != "memory:?prefix=1 stops (denied); memory:?prefix=2 shadowed" {
			t.Errorf("got %s", got)
		}
	}
}

func TestExplainVersion(t *testing.T) {
	c := chainOf(versioned("1:", "7"), versioned("2:", "8"), plain(versioned("3:")))
	if got := roles(secretmux.Explain(t.Context(), c, "a?version=7")); got != "1: answers; 2: not reached (not found); secretmux.ProviderFunc not reached (unsupported operation)" {
		t.Errorf("got %s", got)
	}
	if got := roles(secretmux.Explain(t.Context(), c, "a?version=8")); got != "1: stops (not found); 2: shadowed; secretmux.ProviderFunc not reached (unsupported operation)" {
		t.Errorf("got %s", got)
	}
	if e := secretmux.Explain(t.Context(), c, "a?version=7"); e.Ref != "a?version=7" || e.Links[0].Version != "7" {
		t.Errorf("%+v", e)
	}
}

func TestExplainTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		created := time.Now()
		time.Sleep(90 * time.Minute)
		slow := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
			time.Sleep(20 * time.Millisecond)
			return secretmux.NewSecret([]byte(canary), secretmux.Meta{Created: created, Version: "v7"}), nil
		})
		e := secretmux.Explain(t.Context(), chainOf(slow, hanging("hangs:")), "a")
		first, second := e.Links[0], e.Links[1]
		if first.Duration != 20*time.Millisecond || first.Age != 90*time.Minute+first.Duration || first.Version != "v7" {
			t.Errorf("%+v", first)
		}
		if second.Duration != 10*time.Second || second.Role != secretmux.RoleUnreached {
			t.Errorf("%+v", second)
		}
		want := "LINK                    ROLE         OUTCOME      VERSION  AGE      TOOK\n" +
			"secretmux.ProviderFunc  answers      found        v7       1h30m0s  20ms\n" +
			"hangs:                  not reached  unavailable                    10s\n" +
			"\nLINK    HINT\nhangs:  check that the backend can be reached, or raise timeout=\n"
		if e.String() != want {
			t.Errorf("got\n%s\nwant\n%s", e, want)
		}
	})
}

func TestExplainOutlivesAPanic(t *testing.T) {
	panics := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) { panic("canary") })
	e := secretmux.Explain(t.Context(), chainOf(panics), "a")
	if len(e.Links) != 1 || e.Links[0].Role != secretmux.RoleStops || strings.Contains(e.Links[0].Err.Error(), "canary") {
		t.Errorf("got %+v", e.Links)
	}
}

func TestExplainAfterClose(t *testing.T) {
	asked := false
	p := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		asked = true
		return secretmux.NewSecret(nil, secretmux.Meta{}), nil
	})
	s, err := secretmux.New(p, secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	e := secretmux.Explain(t.Context(), s, "a")
	if asked || len(e.Links) != 1 || e.Links[0].Class != secretmux.ErrClosed { //nolint:errorlint // Class is the sentinel itself
		t.Errorf("asked %v, %+v", asked, e)
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
