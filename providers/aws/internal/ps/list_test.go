package ps_test

import (
	"slices"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

func list(t *testing.T, p secretmux.Provider, prefix string) ([]string, error) {
	t.Helper()
	var names []string
	for info, err := range secretmux.List(t.Context(), p, prefix) {
		if err != nil {
			return names, err
		}
		if info.Version != "1" || !info.Created.Equal(created(1)) {
			t.Errorf("%s has version %s of %v", info.Name, info.Version, info.Created)
		}
		names = append(names, info.Name)
	}
	return names, nil
}

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
		got, err := list(t, open(t, opts), tt.prefix)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("List of %q in %q = %q, %v, want %q", tt.prefix, tt.folder, got, err, tt.want)
		}
	}
}

func TestListErrors(t *testing.T) {
	a := newAccount(t)
	a.Refused["DescribeParameters"] = awstest.Refuse("AccessDeniedException", "no")
	_, err := list(t, open(t, awstest.At(a.URL)), "")
	awstest.WantClass(t, err, secretmux.ErrDenied)

	for _, answer := range []map[string]any{{}, {"Parameters": []any{}, "NextToken": "again"}} {
		a := newAccount(t)
		a.Shape = func(string, map[string]any) any { return answer }
		_, err := list(t, open(t, awstest.At(a.URL)), "")
		awstest.WantClass(t, err, secretmux.ErrCorrupt)
	}
}

func TestCheck(t *testing.T) {
	for code, want := range map[string]error{
		"": nil, "AccessDeniedException": nil, "UnrecognizedClientException": secretmux.ErrUnauthenticated,
		"ThrottlingException": secretmux.ErrThrottled,
	} {
		a := newAccount(t)
		if code != "" {
			a.Refused["DescribeParameters"] = awstest.Refuse(code, "")
		}
		awstest.WantClass(t, secretmux.Check(t.Context(), open(t, awstest.At(a.URL))), want)
	}
}
