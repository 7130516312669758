package sm_test

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
		if info.Version == "" {
			t.Errorf("%s has no version", info.Name)
		}
		names = append(names, info.Name)
	}
	return names, nil
}

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
		got, err := list(t, open(t, opts), tt.prefix)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("List of %q in %q = %q, %v, want %q", tt.prefix, tt.folder, got, err, tt.want)
		}
	}
}

func TestListErrors(t *testing.T) {
	a := newAccount(t)
	a.Refused["ListSecrets"] = awstest.Refuse("AccessDeniedException", "no")
	_, err := list(t, open(t, awstest.At(a.URL)), "")
	awstest.WantClass(t, err, secretmux.ErrDenied)

	for _, answer := range []map[string]any{{}, {"SecretList": []any{}, "NextToken": "again"}} {
		a := newAccount(t)
		a.Shape = func(string, map[string]any) any { return answer }
		_, err := list(t, open(t, awstest.At(a.URL)), "")
		awstest.WantClass(t, err, secretmux.ErrCorrupt)
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		code string
		want error
	}{
		{"", nil},
		{"AccessDeniedException", nil}, // reached, and known
		{"UnrecognizedClientException", secretmux.ErrUnauthenticated},
		{"ThrottlingException", secretmux.ErrThrottled},
	}
	for _, tt := range tests {
		a := newAccount(t)
		if tt.code != "" {
			a.Refused["ListSecrets"] = awstest.Refuse(tt.code, "")
		}
		awstest.WantClass(t, secretmux.Check(t.Context(), open(t, awstest.At(a.URL))), tt.want)
	}
}
