package env_test

import (
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
