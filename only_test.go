package secretmux_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

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
