package sm_test

import (
	"slices"
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

func TestList(t *testing.T) {
	a := newAccount(t)
	for _, name := range []string{"prod/a", "prod/ab", "prod/b/c", "prod", "/prod/x", "test/a"} {
		a.set(name, nil)
	}
	a.set("prod/deleted", nil)
	a.change("prod/deleted", func(s *stored) { s.deleted = true })
	tests := []struct {
		folder, prefix string
		want           []string
	}{
		{"", "", []string{"prod", "prod/a", "prod/ab", "prod/b/c", "test/a"}},
		{"", "prod/a", []string{"prod/a", "prod/ab"}},
		{"prod/", "", []string{"a", "ab", "b/c"}},
		{"prod/", "b/", []string{"b/c"}},
		{"/prod/", "", []string{"x"}},
		{"", "!prod", nil}, // it would negate the service's filter
	}
	for _, tt := range tests {
		opts := awstest.At(a.URL)
		opts.Prefix = tt.folder
		got, err := awstest.List(t, open(t, opts), tt.prefix)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("List of %q in %q = %q, %v, want %q", tt.prefix, tt.folder, got, err, tt.want)
		}
	}
}
