package variable_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/internal/variable"
)

func TestSecret(t *testing.T) {
	tests := []struct {
		prefix, variable, start, want string
		ok                            bool
	}{
		{"APP_", "APP_DB_PASSWORD", "", "db_password", true},
		{"APP_", "APP_DB_PASSWORD", "db/", "db/password", true},
		{"APP_", "APP_DB_PASSWORD", "db/pass", "db/password", true},
		{"APP_", "OTHER", "", "", false},
		{"APP_", "APP_", "", "", false},
		{"APP_", "APP_DB", "db/", "", false},
		{"", "_2FA", "", "_2fa", true},
		{"", "_2FA", "2", "2fa", true},
		{"", "lower", "", "", false},
		{"", "WITH.DOT", "", "", false},
		{"", "A", "../", "", false},
		{"", "", "", "", false},
	}
	for _, tt := range tests {
		got, ok := variable.Secret(tt.prefix, tt.variable, tt.start)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("Secret(%q, %q, %q) = %q, %v, want %q, %v", tt.prefix, tt.variable, tt.start, got, ok, tt.want, tt.ok)
		}
	}
}

func TestCheckPrefix(t *testing.T) {
	for prefix, good := range map[string]bool{"": true, "APP_": true, "a1": true, "_": true, "1A": false, "A-": false, "A=": false, "É": false} {
		if err := variable.CheckPrefix(prefix); (err == nil) != good {
			t.Errorf("%q: %v", prefix, err)
		}
	}
}

// For every name, a shell can set the variable, and the name that Secret makes of the
// variable gives the same variable.
func FuzzName(f *testing.F) {
	for _, name := range []string{"db/password", "2fa", "é", "a b", "\xff", "A=B\x00"} {
		f.Add("APP_", name)
		f.Add("", name)
	}
	f.Fuzz(func(t *testing.T, prefix, name string) {
		if variable.CheckPrefix(prefix) != nil || name == "" {
			return
		}
		key := variable.Name(prefix, name)
		if strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != "" ||
			strings.IndexAny(key, "0123456789") == 0 {
			t.Errorf("Name(%q, %q) = %q, which no shell can set", prefix, name, key)
		}
		if secret, ok := variable.Secret(prefix, key, ""); ok && variable.Name(prefix, secret) != key {
			t.Errorf("Secret(%q, %q) = %q, which maps elsewhere", prefix, key, secret)
		}
	})
}
