package settings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
)

func placeholders() []string {
	return []string{
		"changeme", "CHANGE_ME", "Change-Me", "change this", "replace_me", "TODO", "fixme", "your_key_here", "YOUR-API-TOKEN-HERE",
		"insert password here", "your_password", "<nil>", "<your token>", "%!s(<nil>)", "undefined", "[object Object]",
		"[redacted]", "********", "xxxxxx", "${DB_PASSWORD}", "$(get-secret)", "{{ .Values.password }}", "((password))",
		"vault:secret/data/db#password", "op://vault/item/field", "ref+vault://x/y", "aws-sm://eu-west-1/x", "gcp-sm://p/x",
		"@Microsoft.KeyVault(SecretUri=https://x)", "{{resolve:secretsmanager:x}}", " changeme\n",
	}
}

func TestPlaceholders(t *testing.T) {
	for _, text := range placeholders() {
		_, err := load[plain[secretmux.Secret]](t, set(text), settings.Options{})
		if p := problemsIn(t, err); !errors.Is(p[0].Class, settings.ErrPlaceholder) || !errors.Is(err, secretmux.ErrInvalid) || p[0].Hint == "" {
			t.Errorf("%q: %v, want ErrPlaceholder", text, err)
		}
		if strings.Contains(err.Error(), text) {
			t.Errorf("%v quotes the value", err)
		}
		got, err := load[plain[secretmux.Secret]](t, set(text), settings.Options{AllowPlaceholders: true})
		if err != nil || got.Value.Reveal() != text {
			t.Errorf("%q with AllowPlaceholders: %v", text, err)
		}
	}
}

func TestPlaceholdersLeaveRealValuesAlone(t *testing.T) {
	for _, text := range []string{
		"", "a", "none", "null", "info", "x", "password", "https://op.example/", "postgres://u:p@h/db?x=${y}", "there", "from here",
		"a<b>c", "<a><b>", "$2a$10$abcdefgh", "${a", "arn:aws:secretsmanager:eu-west-1:1:secret:x", strings.Repeat("*", 300), "x*x*x", "yourhouse",
	} {
		if _, err := load[plain[string]](t, set(text), settings.Options{}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestPlaceholdersInDocumentsDefaultsAndAllowedFields(t *testing.T) {
	type document struct {
		Creds creds `secret:"value"`
	}
	for text, bad := range map[string]bool{
		`{"user":"changeme"}`:                 true,
		`{"user":"u","hosts":["a","<host>"]}`: true,
		`{"user":"u","hosts":["a"]}`:          false,
	} {
		if _, err := load[document](t, set(text), settings.Options{}); errors.Is(err, settings.ErrPlaceholder) != bad {
			t.Errorf("%s: %v", text, err)
		}
	}
	type defaulted struct {
		Value string `default:"changeme"`
	}
	_, err := load[defaulted](t, nil, settings.Options{})
	if p := problemsIn(t, err)[0]; !errors.Is(p.Class, settings.ErrPlaceholder) || p.Source != "default" {
		t.Errorf("%v: want the default to be told", err)
	}
	type allowed struct {
		Value string `placeholder:"allow"`
	}
	if got := mustLoad[allowed](t, set("vault://vault.example.com/kv")); got.Value != "vault://vault.example.com/kv" {
		t.Errorf("%+v", got)
	}
}
