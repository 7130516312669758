package ps_test

import (
	"slices"
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

func TestList(t *testing.T) {
	a := newAccount(t)
	for _, name := range []string{"/prod/a", "/prod/ab", "/prod/b/c", "prod", "product", "/test/a", "/alone"} {
		a.set(name, []byte("x"))
	}
	tests := []struct {
		folder, prefix string
		want           []string
	}{
		{"", "", []string{"prod", "prod/a", "prod/ab", "prod/b/c", "product", "test/a"}},
		{"", "prod", []string{"prod", "prod/a", "prod/ab", "prod/b/c", "product"}},
		{"", "prod/a", []string{"prod/a", "prod/ab"}},
		{"prod/", "", []string{"a", "ab", "b/c"}},
		{"/prod/", "b/", []string{"b/c"}},
		{"/", "", []string{"alone", "prod/a", "prod/ab", "prod/b/c", "test/a"}},
		{"/", "a", []string{"alone"}},
		{"", "a*", nil},
	}
	for _, tt := range tests {
		opts := awstest.At(a.URL)
		opts.Prefix = tt.folder
		got, err := awstest.List(t, open(t, opts), tt.prefix)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("List of %q in %q = %q, %v, want %q", tt.prefix, tt.folder, got, err, tt.want)
		}
	}
}
