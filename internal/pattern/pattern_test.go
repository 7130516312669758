package pattern_test

import (
	"testing"

	"github.com/secretmux/secretmux/internal/pattern"
)

func TestHas(t *testing.T) {
	for _, tt := range []struct {
		patterns string
		has, not []string
	}{
		{"db/*", []string{"db/a"}, []string{"db", "db/a/b", "xdb/a"}},
		{"db/**", []string{"db", "db/a", "db/a/b"}, []string{"d", "dbx/a"}},
		{"**/key", []string{"key", "a/key", "a/b/key"}, []string{"key/a", "akey"}},
		{"a/**/z", []string{"a/z", "a/b/c/z"}, []string{"a", "z", "a/b"}},
		{"a+b", []string{"a", "b"}, []string{"a+b", "c"}},
		{"a b", []string{"a", "b"}, []string{"a b"}}, // a query decodes + to a space
		{"[ab]?", []string{"a1", "b2"}, []string{"a", "c1"}},
	} {
		set, ok := pattern.Parse(tt.patterns)
		if !ok {
			t.Errorf("Parse(%q) failed", tt.patterns)
		}
		for _, name := range tt.has {
			if !set.Has(name) {
				t.Errorf("%q does not have %q", tt.patterns, name)
			}
		}
		for _, name := range tt.not {
			if set.Has(name) {
				t.Errorf("%q has %q", tt.patterns, name)
			}
		}
	}
	if all := pattern.Set(nil); !all.Has("any/name") {
		t.Error("no patterns do not have every name")
	}
}

func TestParseRefuses(t *testing.T) {
	for _, patterns := range []string{"", "+", "[", "a/[", "a//b", "/a", "a/"} {
		if set, ok := pattern.Parse(patterns); ok || set != nil {
			t.Errorf("Parse(%q) = %q, want none: a nil set has every name", patterns, set)
		}
	}
}
