package secretmux_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestParseURI(t *testing.T) {
	cases := map[string]struct{ scheme, authority, path, text string }{
		"env:":                                 {"env", "", "", "env:"},
		"env:?":                                {"env", "", "", "env:"},
		"ENV:":                                 {"env", "", "", "env:"},
		"env:?prefix=APP_":                     {"env", "", "", "env:?prefix=APP_"},
		"env:?b=2&a=1&c=":                      {"env", "", "", "env:?a=1&b=2&c="},
		"env:?a":                               {"env", "", "", "env:?a="},
		"env:?a=b+c%2Bd%26e%3B%25":             {"env", "", "", "env:?a=b+c%2Bd%26e%3B%25"},
		"env:?a=x,y|z":                         {"env", "", "", "env:?a=x%2Cy%7Cz"},
		"dotenv:.env":                          {"dotenv", "", ".env", "dotenv:.env"},
		"dotenv:../a/.env":                     {"dotenv", "", "../a/.env", "dotenv:../a/.env"},
		"dotenv:///etc/app/.env":               {"dotenv", "", "/etc/app/.env", "dotenv:///etc/app/.env"},
		"dotenv:/etc/app/.env":                 {"dotenv", "", "/etc/app/.env", "dotenv:///etc/app/.env"},
		"dotenv:%2Fetc%2F.env":                 {"dotenv", "", "/etc/.env", "dotenv:///etc/.env"},
		"dotenv:a%2Cb%7Cc%23d%3Fe%20f%25":      {"dotenv", "", "a,b|c#d?e f%", "dotenv:a%2Cb%7Cc%23d%3Fe%20f%25"},
		"dotenv:a b":                           {"dotenv", "", "a b", "dotenv:a%20b"},
		"dotenv:a:b@c":                         {"dotenv", "", "a:b@c", "dotenv:a:b@c"},
		"file:///etc/secrets":                  {"file", "", "/etc/secrets", "file:///etc/secrets"},
		"file:////etc":                         {"file", "", "//etc", "file:////etc"},
		"file:///":                             {"file", "", "/", "file:///"},
		"file:///a%2Cb":                        {"file", "", "/a,b", "file:///a%2Cb"},
		"docker:":                              {"docker", "", "", "docker:"},
		"aws-sm://eu-west-1/prod/":             {"aws-sm", "eu-west-1", "/prod/", "aws-sm://eu-west-1/prod/"},
		"aws-sm:///prod/":                      {"aws-sm", "", "/prod/", "aws-sm:///prod/"},
		"aws-sm://eu-west-1":                   {"aws-sm", "eu-west-1", "", "aws-sm://eu-west-1"},
		"vault://vault.example.com:8200/kv/a/": {"vault", "vault.example.com:8200", "/kv/a/", "vault://vault.example.com:8200/kv/a/"},
		"vault://[::1]:8200/kv":                {"vault", "[::1]:8200", "/kv", "vault://[::1]:8200/kv"},
		"gcp-sm://my-project":                  {"gcp-sm", "my-project", "", "gcp-sm://my-project"},
		"azure-kv://my-vault?ttl=5m":           {"azure-kv", "my-vault", "", "azure-kv://my-vault?ttl=5m"},
		"x.y+z-1://h/ä":                        {"x.y+z-1", "h", "/ä", "x.y+z-1://h/%C3%A4"},
	}
	for text, c := range cases {
		u, err := secretmux.ParseURI(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if u.Scheme != c.scheme || u.Authority != c.authority || u.Path != c.path || u.String() != c.text {
			t.Errorf("%q: got %q %q %q, %s", text, u.Scheme, u.Authority, u.Path, u)
		}
		again, err := secretmux.ParseURI(u.String())
		if err != nil || !reflect.DeepEqual(again, u) {
			t.Errorf("%q: the canonical form reads back as %v, %v", text, again, err)
		}
	}
}

func TestParseURIRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "no scheme": canary, "no colon": "env", "relative": "./" + canary, "absolute": "/" + canary, "only a colon": ":" + canary,
		"scheme with a digit first": "1" + canary + ":", "scheme with _": "a_b:" + canary, "scheme in unicode": "ä:" + canary, "space first": " env:" + canary,
		"fragment": "env:#" + canary, "fragment after path": "dotenv:" + canary + "#a", "fragment in a parameter": "env:?a=" + canary + "#b", "#alone": "env:#",
		"broken escape": "dotenv:" + canary + "%zz", "half an escape": "dotenv:" + canary + "%2", "broken escape in a rooted path": "file:///" + canary + "%zz",
		"broken escape in the host": "vault://" + canary + "%zz/a", "encoded space in the host": "vault://" + canary + "%20a/b", "space in the host": "vault://" + canary + " a/b",
		"port": "vault://h:" + canary + "/kv", "open bracket": "vault://[" + canary + "/kv", "comma in the host": "vault://" + canary + ",b/kv",
		"NUL": "dotenv:" + canary + "\x00", "encoded NUL": "dotenv:" + canary + "%00", "newline": "dotenv:" + canary + "\n", "encoded newline": "file:///%0A" + canary,
		"not UTF-8": "dotenv:" + canary + "%ff", "raw bytes": "dotenv:" + canary + "\xff", "host not UTF-8": "vault://%ff" + canary + "/kv",
		"semicolon": "env:?a=1;b=" + canary, "broken escape in a parameter": "env:?a=" + canary + "%zz", "broken escape in a key": "env:?" + canary + "%zz=1",
		"parameter twice": "env:?a=1&a=" + canary, "the same twice": "env:?a=" + canary + "&a=" + canary, "twice by an escape": "env:?a=1&%61=" + canary,
		"NUL in a parameter": "env:?a=%00" + canary, "newline in a key": "env:?" + canary + "%0A=1", "parameter not UTF-8": "env:?a=%ff" + canary,
	} {
		t.Run(name, func(t *testing.T) {
			u, err := secretmux.ParseURI(text)
			wantInvalid(t, err)
			if u != nil {
				t.Error("got a URI besides the error")
			}
		})
	}
}

func TestParseURIRefusesCredentials(t *testing.T) {
	texts := []string{
		"vault://" + canary + "@h/kv", "vault://user:" + canary + "@h/kv", "vault://:" + canary + "@h", "vault://@h/kv", "vault://a:" + canary + "@/kv",
	}
	for _, key := range []string{
		"token", "password", "secret_id", "secret-id", "secretId", "client_secret", "clientSecret", "access_key", "secret_access_key", "api_key", "apikey",
		"session_token", "jwt", "sas", "sig", "private_key", "TOKEN", "Password", "db_password", "vault_token", "credentials", "%74oken", "passwd", "pwd",
	} {
		texts = append(texts, "vault://h/kv?"+key+"="+canary, "vault:?ttl=5m&"+key+"="+canary, "vault:?"+key)
	}
	for _, text := range texts {
		_, err := secretmux.ParseURI(text)
		wantInvalid(t, err)
		if err == nil || !strings.Contains(err.Error(), "token_file=") {
			t.Errorf("%q: the error does not say where credentials belong: %v", text, err)
		}
	}
	for _, text := range []string{
		"vault://h/kv?token_file=/run/token", "vault://h/kv?token_env=VAULT_TOKEN", "vault://h/kv?role_id=r&secret_id_file=f", "vault://h/kv?secret_id-file=f", "vault:?role=r",
		"azure-kv://v?client_id=c&tenant_id=t", "env:?prefix=TOKEN_", "dotenv:secrets/password.env",
	} {
		if _, err := secretmux.ParseURI(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseURIReportsAllMistakesAtOnce(t *testing.T) {
	_, err := secretmux.ParseURI("env:?a=1&a=2&token=" + canary + "&b=%00")
	wantInvalid(t, err)
	for _, part := range []string{"for a credential", "twice", "control character"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in %v", part, err)
		}
	}
}

func TestURILocalPath(t *testing.T) {
	for text, want := range map[string]string{"file:a/b": "a/b", "file:///a/b": "/a/b", "docker:": "", "file:/a": "/a"} {
		u, err := secretmux.ParseURI(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := u.LocalPath(); err != nil || got != want {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
	u, err := secretmux.ParseURI("file://" + canary + "/secrets")
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.LocalPath()
	wantInvalid(t, err)
}

// A Google Cloud project of a domain has a colon, which no URI can hold there.
func TestParseURINamesAHostWithoutAPort(t *testing.T) {
	for _, text := range []string{"gcp-sm://example.com:my-project", "vault://host:" + canary + "/kv"} {
		_, err := secretmux.ParseURI(text)
		if wantInvalid(t, err); !strings.Contains(err.Error(), "port number") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// The arguments of a command are the one parameter that a link may have several times.
func TestArgMayComeTwice(t *testing.T) {
	const text = "exec:op?arg=read&arg=b%2Cc&arg=a&name=x"
	u, err := secretmux.ParseURI(text)
	if err != nil || u.String() != text {
		t.Fatalf("%v, %v", u, err)
	}
	var args []string
	var name string
	params := u.Params()
	params.Texts("arg", &args)
	params.Text("name", &name)
	if first, ok := u.Param("arg"); params.Done() != nil || !slices.Equal(args, []string{"read", "b,c", "a"}) || first != "read" || !ok {
		t.Errorf("%q, %q, %v", args, first, params.Done())
	}
	if got := u.With("arg", "1", "", "2").With("name", "").String(); got != "exec:op?arg=1&arg=2" {
		t.Error(got)
	}
	if got := u.With("arg").String(); got != "exec:op?name=x" {
		t.Error(got)
	}
	u, err = secretmux.ParseURI("exec:op?arg=read&arg=")
	if err != nil {
		t.Fatal(err)
	}
	params = u.Params()
	if params.Texts("arg", &args); !errors.Is(params.Done(), secretmux.ErrInvalid) {
		t.Errorf("an empty argument: %v", params.Done())
	}
	if _, err := secretmux.ParseURI("exec:op?arg=read&name=x&name=y"); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("another parameter twice: %v", err)
	}
}

func TestURIWith(t *testing.T) {
	place := &secretmux.URI{Scheme: "vault", Authority: "host:8200", Path: "/kv/a,b"}
	u := place.With("namespace", "team a").With("kv", "1").With("field", "x").With("field", "")
	const want = "vault://host:8200/kv/a%2Cb?kv=1&namespace=team+a"
	if u.String() != want {
		t.Errorf("got %s, want %s", u, want)
	}
	if again, err := secretmux.ParseURI(u.String()); err != nil || again.String() != want {
		t.Errorf("read back as %v, %v", again, err)
	}
	if place.String() != "vault://host:8200/kv/a%2Cb" {
		t.Errorf("With changed the URI it was called on: %s", place)
	}
}

// FuzzParseURI checks that what parses round-trips, fits into a config string
// and has no control character, and that what does not is not quoted.
func FuzzParseURI(f *testing.F) {
	f.Add("vault://vault.example.com:8200/kv/app/?ttl=5m&on=denied+unavailable") // more seeds are in testdata
	f.Fuzz(func(t *testing.T, text string) {
		u, err := secretmux.ParseURI(text)
		if err != nil {
			wantInvalid(t, err)
			return
		}
		again, err := secretmux.ParseURI(u.String())
		if err != nil || !reflect.DeepEqual(again, u) {
			t.Fatalf("%q: %q reads back as %v, %v", text, u, again, err)
		}
		if strings.ContainsAny(u.String(), ",|#\x00\n ") {
			t.Fatalf("%q can't be part of a config string", u)
		}
		if u.Scheme != strings.ToLower(u.Scheme) || strings.Contains(u.Authority, "@") {
			t.Fatalf("scheme %q, authority %q", u.Scheme, u.Authority)
		}
		if u.Authority != "" && u.Path != "" && u.Path[0] != '/' {
			t.Fatalf("path %q after an authority", u.Path)
		}
		if err := u.Params().Done(); err != nil {
			wantInvalid(t, err)
		}
	})
}

// FuzzParseConfig checks that links stay as many as the separators say, that
// the canonical forms of what parses are the same config, and that no error
// quotes any of it.
func FuzzParseConfig(f *testing.F) {
	f.Add("env:?prefix=OVERRIDE_,vault://a:8200/kv/app|vault://b:8200/kv/app?ttl=5m&stale=1h") // more seeds are in testdata
	f.Fuzz(func(t *testing.T, config string) {
		links, err := secretmux.ParseConfig(config)
		if err != nil {
			wantInvalid(t, err)
			return
		}
		if n := strings.Count(config, ",") + strings.Count(config, "|") + 1; len(links) != n {
			t.Fatalf("%d links of %q, want %d", len(links), config, n)
		}
		if n := links[len(links)-1].Overlay; n != strings.Count(config, ",") {
			t.Fatalf("%d commas in %q", n, config)
		}
		var text strings.Builder
		for i, l := range links {
			switch {
			case l.Replica > 0:
				text.WriteByte('|')
			case i > 0:
				text.WriteByte(',')
			}
			text.WriteString(l.URI.String())
		}
		again, err := secretmux.ParseConfig(text.String())
		same := err == nil && len(again) == len(links)
		for i := range links {
			same = same && again[i].Overlay == links[i].Overlay && again[i].Replica == links[i].Replica && reflect.DeepEqual(again[i].URI, links[i].URI)
		}
		if !same {
			t.Fatalf("%q reads back as %v, %v", config, again, err)
		}
	})
}
