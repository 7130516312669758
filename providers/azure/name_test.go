package azure_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
)

func TestKey(t *testing.T) {
	long := strings.Repeat("a", 120)
	tests := []struct{ prefix, separator, name, want string }{ // want "" is refused
		{"", "", "db-password", "db-password"},
		{"", "", "DB-Password1", "DB-Password1"},
		{"shop-", "", "db-password", "shop-db-password"},
		{"", "", "db/password", ""},
		{"", "", "db_password", ""},
		{"", "", "db.password", ""},
		{"", "", "-", "-"},
		{"", "", long + "1234567", long + "1234567"},
		{"", "", long + "12345678", ""},
		{"shop-", "", long + "12", "shop-" + long + "12"},
		{"shop-", "", long + "123", ""},
		{"", "--", "db/password", "db--password"},
		{"shop-", "--", "db/user/name", "shop-db--user--name"},
		{"", "--", "db-x/password", "db-x--password"},
		{"", "--", "db--password", ""},
		{"", "--", "a-/b", ""},
		{"", "--", "a/-b", ""},
		{"", "--", "a/-/b", ""},
		{"", "--", "-a", "-a"},
		{"", "--", "db_x/password", ""},
		{"", "--", strings.Repeat("a/", 50) + "a", ""},
		{"", "-", "db/password", "db-password"},
		{"", "-", "db-password", ""},
		{"", "---", "a--b/c", "a--b---c"},
	}
	for _, tt := range tests {
		got, err := azure.Key(tt.prefix, tt.separator, tt.name)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("Key(%q, %q, %q) = %q, %v, want %q", tt.prefix, tt.separator, tt.name, got, err, tt.want)
		}
		if err != nil && secretmux.ClassOf(err) != secretmux.ErrInvalid {
			t.Errorf("Key(%q, %q, %q): %v", tt.prefix, tt.separator, tt.name, err)
		}
	}
}

// No two names have one key, except names that differ only in case, and a listed name
// leads back to its key.
func FuzzKey(f *testing.F) {
	f.Add("shop-", "--", "db/password", "db--password")
	f.Add("", "--", "a-/b", "a/-b")
	f.Add("", "-", "a/b", "a-b")
	f.Add("-", "---", "a-b/c", "A-B/c")
	f.Fuzz(func(t *testing.T, prefix, separator, one, two string) {
		if _, err := azure.New(azure.Options{Vault: vaultName, Prefix: prefix, Separator: separator}); err != nil {
			return
		}
		a, errA := azure.Key(prefix, separator, one)
		b, errB := azure.Key(prefix, separator, two)
		if errA != nil || errB != nil {
			return
		}
		if strings.EqualFold(a, b) != strings.EqualFold(one, two) {
			t.Errorf("%q and %q become %q and %q", one, two, a, b)
		}
		if len(a) > 127 || strings.Trim(a, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			t.Errorf("%q is not a name of Key Vault", a)
		}
		if name, ok := azure.Name(prefix, separator, a); !ok || name != one {
			t.Errorf("Name(%q) = %q, %v, want %q", a, name, ok, one)
		}
	})
}

func FuzzParseID(f *testing.F) {
	f.Add("https://v.vault.azure.net/secrets/alpha/0123456789abcdef0123456789abcdef")
	f.Add("https://v.vault.azure.net:443/secrets/alpha")
	f.Add("https://%zz/secrets")
	f.Add("/secrets//x")
	f.Add("secrets")
	f.Fuzz(func(t *testing.T, id string) {
		name, version := azure.ParseID(id)
		if strings.Contains(name+version, "/") || name == "" && version != "" {
			t.Errorf("ParseID(%q) = %q, %q", id, name, version)
		}
	})
}

// The host of every valid vault name is a DNS name that ParseURI reads back.
func FuzzVaultHost(f *testing.F) {
	for _, vault := range []string{"my-vault", "My-Vault.vault.azure.cn", "127.0.0.1", "a.b.c:1", "x..y.z", "[::1]", "v.v.localhost"} {
		f.Add(vault)
	}
	f.Fuzz(func(t *testing.T, vault string) {
		host, err := azure.VaultHost(vault)
		if err != nil {
			return
		}
		if u, err := secretmux.ParseURI("azure-kv://" + host); err != nil || u.Authority != host || strings.Count(host, ".") < 2 {
			t.Errorf("VaultHost(%q) = %q, %v", vault, host, err)
		}
	})
}

// What is copied from the address of a secret is refused with what to write.
func TestKeyOfAnAddress(t *testing.T) {
	for _, name := range []string{"secrets/db", "secrets/db/0123456789abcdef0123456789abcdef", "db/0123456789abcdef0123456789abcdef"} {
		_, err := azure.Key("", "", name)
		if secretmux.ClassOf(err) != secretmux.ErrInvalid || !strings.Contains(err.Error(), "?version=V") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := azure.Key("", "--", "secrets/db"); got != "secrets--db" || err != nil {
		t.Errorf("with a separator it is a name: %q, %v", got, err)
	}
}
