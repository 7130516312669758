package secretmux

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestParseConfig(t *testing.T) {
	for config, want := range map[string]string{
		"env:":                             "env:",
		"env:,dotenv:.env":                 "env: , dotenv:.env",
		" env: ,\n\tdocker: ":              "env: , docker:",
		"vault://a/kv|vault://b/kv":        "vault://a/kv | vault://b/kv",
		"env:,vault://a/kv | vault://b/kv": "env: , vault://a/kv | vault://b/kv",
		"dotenv:a%2Cb,dotenv:c%7Cd":        "dotenv:a%2Cb , dotenv:c%7Cd",
		"env:?on=denied+unavailable":       "env:?on=denied+unavailable",
		"env:,env:":                        "env: , env:",
	} {
		links, err := ParseConfig(config)
		if err != nil {
			t.Errorf("%q: %v", config, err)
			continue
		}
		var groups []string
		for _, l := range links {
			if l.Err != nil {
				t.Errorf("%q: %v", config, l.Err)
				continue
			}
			if l.Replica == 0 {
				groups = append(groups, l.URI.String())
			} else {
				groups[l.Overlay] += " | " + l.URI.String()
			}
		}
		if got := strings.Join(groups, " , "); got != want {
			t.Errorf("%q: got %s", config, got)
		}
	}
}

func duration(d time.Duration) *time.Duration { return &d }

func TestParsePolicy(t *testing.T) {
	same := func(a, b *time.Duration) bool { return a == b || a != nil && b != nil && *a == *b }
	for text, want := range map[string]policy{
		"env:":                          {},
		"env:?ttl=5m&stale=1h":          {ttl: duration(5 * time.Minute), stale: duration(time.Hour)},
		"env:?ttl=0s&stale=0s":          {ttl: duration(0), stale: duration(0)},
		"env:?timeout=250ms":            {timeout: 250 * time.Millisecond},
		"env:?on=denied":                {on: []error{ErrDenied}},
		"env:?on=denied+unavailable":    {on: []error{ErrDenied, ErrUnavailable}},
		"env:?on=denied%2Bunavailable":  {on: []error{ErrDenied, ErrUnavailable}},
		"env:?on=denied+denied":         {on: []error{ErrDenied}},
		"env:?on=corrupt+disabled":      {on: []error{ErrCorrupt, ErrDisabled}},
		"env:?on=notfound+throttled":    {on: []error{ErrNotFound, ErrThrottled}},
		"env:?on=toolarge":              {on: []error{ErrTooLarge}},
		"env:?on=unauthenticated&ttl=0": {on: []error{ErrUnauthenticated}, ttl: duration(0)},
	} {
		u, err := ParseURI(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parsePolicy(u)
		if err != nil || !same(got.ttl, want.ttl) || !same(got.stale, want.stale) || got.timeout != want.timeout || !slices.Equal(got.on, want.on) {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
}

func TestParsePolicyRefuses(t *testing.T) {
	for query, want := range map[string]string{
		"ttl=": "ttl takes", "ttl=5": "ttl takes", "ttl=-5s": "ttl takes", "ttl=never": "ttl takes", "stale=-1s": "stale takes", "stale=x": "stale takes",
		"timeout=0s": "over zero", "timeout=-1s": "timeout takes", "timeout=x": "timeout takes", "on=": "on is empty", "on=+": "on takes",
		"on=Denied": "on takes", "on=denied+x": "on takes", "on=invalid": "on takes", "on=closed": "on takes", "on=refused": "on takes", "on=all": "on takes",
		"retry=maybe": "retry takes", "retry=": "retry takes", "only=": "only is empty", "only=[": "only takes", "only=a//b": "only takes", "only=+": "only takes",
		"document=": "document is empty", "document=a%23b": "document takes", "document=../x": "document takes", "document=a&missing=maybe": "missing takes",
		"ttl=300ns": "10ms or more", "stale=1ms": "10ms or more", "timeout=1us": "1ms or more",
	} {
		u, err := ParseURI("env:?" + query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = parsePolicy(u)
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", query, err)
		}
	}
}

func TestLinkStampsLifetime(t *testing.T) {
	fromProvider := NewSecret(nil, Meta{Source: "the provider's own", TTL: time.Second})
	for text, want := range map[string]struct {
		ttl   time.Duration
		stale *time.Duration
	}{
		"env:":                 {time.Second, nil},
		"env:?ttl=5m":          {5 * time.Minute, nil},
		"env:?ttl=0s":          {-1, nil}, // zero in Meta would leave it to the store
		"env:?stale=1h":        {time.Second, duration(time.Hour)},
		"env:?stale=0s&ttl=1m": {time.Minute, duration(0)},
	} {
		u, err := ParseURI(text)
		if err != nil {
			t.Fatal(err)
		}
		pol, err := parsePolicy(u)
		if err != nil {
			t.Fatal(err)
		}
		got := newLink(ProviderFunc(nil), u.String(), pol).stamp("a", fromProvider)
		stale := got.p.stale
		if got.p.meta.TTL != want.ttl || (stale == nil) != (want.stale == nil) || stale != nil && *stale != *want.stale {
			t.Errorf("%q: ttl %v, stale %v", text, got.p.meta.TTL, stale)
		}
		if got.Source() != u.String() {
			t.Errorf("%q: source %q", text, got.Source())
		}
	}
	if fromProvider.p.meta.TTL != time.Second || fromProvider.Source() != "the provider's own" {
		t.Error("the provider's secret was changed")
	}
}

func TestLocalPath(t *testing.T) {
	for _, c := range []struct{ path, goos, want string }{
		{"/C:/secrets", "windows", "C:/secrets"},
		{"/C:/secrets", "linux", "/C:/secrets"},
		{"/etc/secrets", "windows", "/etc/secrets"},
		{"secrets", "windows", "secrets"},
	} {
		if got := localPath(c.path, c.goos); got != c.want {
			t.Errorf("%s on %s: got %s, want %s", c.path, c.goos, got, c.want)
		}
	}
}

func TestClaims(t *testing.T) {
	var c Claims
	for range 2 {
		if err := c.Take("DB_PASSWORD", "db/password"); err != nil {
			t.Fatal(err)
		}
	}
	err := c.Take("DB_PASSWORD", "db.password")
	if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "db/password") {
		t.Errorf("a second name: %v, want ErrInvalid that names the first", err)
	}
	if holder, ok := c.Holder("DB_PASSWORD"); !ok || holder != "db/password" {
		t.Errorf("the holder is %q, %v", holder, ok)
	}
	if _, ok := c.Holder("OTHER"); ok {
		t.Error("a key that nobody took has a holder")
	}
}

func TestClaimsAreBounded(t *testing.T) {
	var c Claims
	for i := range maxClaims + 1 {
		if err := c.Take(strconv.Itoa(i), "first"); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.by) != maxClaims {
		t.Errorf("it remembers %d keys", len(c.by))
	}
	if c.Take("0", "second") == nil || c.Take("new", "second") != nil {
		t.Error("what it remembers is wrong")
	}
}
