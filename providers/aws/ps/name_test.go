package ps_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestNames(t *testing.T) {
	deep := strings.Repeat("a/", 14)
	tests := []struct {
		name  string
		class error // nil: it is the parameter /db/password
	}{
		{"db/password", nil},
		{account1 + "/db/password", nil},
		{"password", secretmux.ErrNotFound},
		{deep + "a", secretmux.ErrNotFound},
		{deep + "a/a", secretmux.ErrInvalid},
		{strings.Repeat("a", 1012), secretmux.ErrInvalid},
		{strings.Repeat("a", 3000), secretmux.ErrInvalid},
		{"../../sys/seal-status", secretmux.ErrInvalid},
		{"a//b", secretmux.ErrInvalid},
		{"a b", secretmux.ErrInvalid},
		{"db/password:1", secretmux.ErrInvalid}, // a selector is no part of a name
		{account1 + "/db/password:1", secretmux.ErrInvalid},
		{"a+b", secretmux.ErrInvalid},
		{"arn:aws:ssm:us-east-1:123456789012:parameter/db/password", secretmux.ErrInvalid},
		{"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db", secretmux.ErrInvalid},
		{"arn:aws:ssm", secretmux.ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name[:min(len(tt.name), 60)], func(t *testing.T) {
			a := newAccount(t)
			a.set("/db/password", []byte(faultscript.Canary))
			secret, err := open(t, awstest.At(a.URL)).Get(t.Context(), tt.name)
			awstest.WantClass(t, err, tt.class)
			if tt.class == nil && secret.Reveal() != faultscript.Canary {
				t.Error("another value")
			}
			if invalid := tt.class == secretmux.ErrInvalid; invalid != (a.Calls() == 0) { //nolint:errorlint // the sentinel itself
				t.Errorf("%d calls", a.Calls())
			}
		})
	}
}

func TestPrefix(t *testing.T) {
	a := newAccount(t)
	a.set("/prod/db", []byte("value"))
	for _, prefix := range []string{"prod", "prod/", "/prod/"} {
		opts := awstest.At(a.URL)
		opts.Prefix = prefix
		p := open(t, opts)
		for _, name := range []string{"db", account1 + "/prod/db"} {
			if _, err := p.Get(t.Context(), name); err != nil {
				t.Errorf("with the prefix %s, Get %s: %v", prefix, name, err)
			}
		}
	}
}
