package env_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/env"
)

func TestName(t *testing.T) {
	tests := []struct{ prefix, name, want string }{
		{"APP_", "db/password", "APP_DB_PASSWORD"},
		{"", "db/password", "DB_PASSWORD"},
		{"", "db-password", "DB_PASSWORD"},
		{"", "DB.PASSWORD", "DB_PASSWORD"},
		{"app_", "db", "app_DB"},
		{"", "2fa/key", "_2FA_KEY"},
		{"APP_", "2fa/key", "APP_2FA_KEY"},
		{"", "a b", "A_B"},
		{"", "é", "_"},
		{"", "ıſ", "__"},
		{"", "密码", "__"},
		{"", "\xff\xfe", "__"},
		{"", "a__b", "A__B"},
		{"", "", ""},
		{"1", "", "_1"},
	}
	for _, tt := range tests {
		if got := env.Name(tt.prefix, tt.name); got != tt.want {
			t.Errorf("Name(%q, %q) = %q, want %q", tt.prefix, tt.name, got, tt.want)
		}
	}
}

func TestListed(t *testing.T) {
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
		got, ok := env.Listed(tt.prefix, tt.variable, tt.start)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("Listed(%q, %q, %q) = %q, %v, want %q, %v", tt.prefix, tt.variable, tt.start, got, ok, tt.want, tt.ok)
		}
	}
}

// Whatever the name, the variable is one that a shell can set.
func FuzzName(f *testing.F) {
	for _, name := range []string{"db/password", "2fa", "é", "a b", "\xff", "A=B\x00"} {
		f.Add("APP_", name)
		f.Add("", name)
	}
	f.Fuzz(func(t *testing.T, prefix, name string) {
		if _, err := env.New(env.Options{Prefix: prefix}); err != nil || name == "" {
			return
		}
		variable := env.Name(prefix, name)
		if strings.Trim(variable, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != "" ||
			strings.IndexAny(variable, "0123456789") == 0 {
			t.Errorf("Name(%q, %q) = %q, which is no variable", prefix, name, variable)
		}
		if listed, ok := env.Listed(prefix, variable, ""); ok && env.Name(prefix, listed) != variable {
			t.Errorf("Listed(%q, %q) = %q, which maps elsewhere", prefix, variable, listed)
		}
	})
}
