package pgxsecret

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/conformance"
)

const canary = "Hq3xVn8wLz6kRt2p"

// A program's environment must not fill the gaps of a secret.
func hostile(t testing.TB) {
	t.Setenv("PGUSER", "from-the-environment")
	t.Setenv("PGPASSWORD", "from-the-environment")
	t.Setenv("PGHOST", "from-the-environment")
	file := filepath.Join(t.TempDir(), "passfile")
	if err := os.WriteFile(file, []byte("*:*:*:*:from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PGPASSFILE", file)
}

func TestCredential(t *testing.T) {
	hostile(t)
	tests := map[string]struct {
		value, user, password, host string
		port                        uint16
	}{
		"document":        {`{"username":"app","password":"p\"x"}`, "app", `p"x`, "configured", 5432},
		"user":            {`{"user":"app","password":"p"}`, "app", "p", "configured", 5432},
		"RDS":             {`{"username":"app","password":"p","host":"not-used","port":1,"engine":"postgres"}`, "app", "p", "configured", 5432},
		"space around it": {"\n {\"username\":\"app\",\"password\":\"p\"}\n", "app", "p", "configured", 5432},
		"URL":             {"postgres://app:p@h:6432/d", "app", "p", "h", 6432},
		"postgresql":      {"postgresql://app:p@h/d", "app", "p", "h", 5432},
		"escaped":         {"postgres://app:p%40%2F%3A@h/d", "app", "p@/:", "h", 5432},
		"in the query":    {"postgres://h/d?user=app&password=p", "app", "p", "h", 5432},
		"keywords":        {"host=h user=app password='p x' port=6432", "app", "p x", "h", 6432},
		"spaced":          {"user = app password = p host = h\n", "app", "p", "h", 5432},
		"a file's line":   {"postgres://app:p@h/d\r\n", "app", "p", "h", 5432},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cc, err := pgx.ParseConfig("host=configured port=5432 user=other password=other")
			if err != nil {
				t.Fatal(err)
			}
			if err := credential(cc, secretmux.NewSecret([]byte(tt.value), secretmux.Meta{})); err != nil {
				t.Fatal(err)
			}
			if cc.User != tt.user || cc.Password != tt.password || cc.Host != tt.host || cc.Port != tt.port {
				t.Errorf("%s with %q at %s:%d, want %s with %q at %s:%d", cc.User, cc.Password, cc.Host, cc.Port, tt.user, tt.password, tt.host, tt.port)
			}
		})
	}
}

func TestNotACredential(t *testing.T) {
	hostile(t)
	for name, value := range map[string]string{
		"empty":                         "",
		"only a password":               canary,
		"a password with =":             canary + "==",
		"only one field":                `{"password":"` + canary + `"}`,
		"no password":                   `{"username":"` + canary + `"}`,
		"empty password":                `{"username":"` + canary + `","password":""}`,
		"broken JSON":                   `{"username":"app","password":"` + canary,
		"URL without a password":        "postgres://" + canary + "@h/d",
		"URL without a user":            "postgres://h/d?password=" + canary,
		"URL with an empty one":         "postgres://" + canary + ":@h/d",
		"a password not escaped":        "postgres://app:" + canary + "#/x@h/d",
		"a malformed port":              "postgres://app:" + canary + "@h:port/d",
		"a bad escape":                  "postgres://app:%" + canary + "@h/d",
		"another scheme":                "mysql://app:" + canary + "@h/d",
		"keywords, no password":         "host=h user=" + canary,
		"keywords, no user":             "host=h password=" + canary,
		"only in another keyword":       "host=h passuser=x xpassword=" + canary,
		"keywords, empty":               "user=" + canary + " password=''",
		"a password taken for the user": "user= password=" + canary,
		"an empty user":                 "user='' password=" + canary,
		"a query that empties it":       "postgres://app:" + canary + "@h/d?password=",
		"an open quote":                 "user=app password='" + canary,
		"a control character":           "postgres://app:" + canary + "@h/\x01",
	} {
		t.Run(name, func(t *testing.T) {
			cc, err := pgx.ParseConfig("host=configured")
			if err != nil {
				t.Fatal(err)
			}
			err = credential(cc, secretmux.NewSecret([]byte(value), secretmux.Meta{}))
			if !errors.Is(err, secretmux.ErrInvalid) && !errors.Is(err, secretmux.ErrFieldNotFound) && !errors.Is(err, secretmux.ErrCorrupt) {
				t.Errorf("got %v, want it refused", err)
			}
			conformance.NoLeak(t, err, canary)
		})
	}
}

// An accepted value has the user and the password itself. No error shows a part of a
// value.
func FuzzCredential(f *testing.F) {
	for _, seed := range []string{
		"postgres://app:p@h:6432/d?sslmode=disable", "user=app password='p x' host=h", `{"username":"app","password":"p"}`,
		"postgres://app:p@h1:1,h2:2/d?target_session_attrs=any", "{", "user = a password", "postgres://%",
		"user= password=0", "postgres://app:p@h/d?password=", "user='a'password=p",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		hostile(t)
		cc, err := pgx.ParseConfig("host=configured")
		if err != nil {
			t.Fatal(err)
		}
		err = credential(cc, secretmux.NewSecret([]byte(text+canary), secretmux.Meta{}))
		if err != nil {
			conformance.NoLeak(t, err, canary)
			return
		}
		if cc.User == "" || cc.Password == "" || strings.Contains(cc.User+cc.Password, "from-") {
			t.Errorf("a credential without a user or a password was accepted")
		}
	})
}
