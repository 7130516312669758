package vault_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// notes is a transport that writes down each request, and accepts every login.
type notes struct{ asked []string }

func (n *notes) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	n.asked = append(n.asked, fmt.Sprintf("%s %s namespace=%q token=%q %s",
		r.Method, r.URL, r.Header.Values("X-Vault-Namespace"), r.Header.Values("X-Vault-Token"), body))
	answer := `{"auth":{"client_token":"t"}}`
	status := http.StatusOK
	if !strings.Contains(r.URL.Path, "/login") {
		status, answer = http.StatusNotFound, `{"errors":["no handler for route"]}`
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(bytes.NewReader([]byte(answer))), Request: r}, nil
}

// asks returns what a provider asks for one secret.
func asks(t *testing.T, p secretmux.Provider, n *notes) []string {
	t.Helper()
	if _, err := p.Get(t.Context(), "db/user"); secretmux.ClassOf(err) != secretmux.ErrInvalid {
		t.Fatalf("Get: %v", err)
	}
	return n.asked
}

// The address of a provider opens another one that asks the same server for the
// same secret, in the same namespace, with the same login. That holds for all
// options.
func TestAddressOpensTheSamePlace(t *testing.T) {
	team, root := "team/eu", ""
	auths := []vault.Auth{
		{},
		{Credential: vault.Credential{Env: "OTHER"}},
		{Credential: vault.Credential{File: file(t, "token-of-a-file")}},
		{Method: vault.AuthNone},
		{Method: vault.AuthAppRole, RoleID: "r"},
		{Method: vault.AuthAppRole, Mount: "team/approle", RoleID: "r&x", Credential: vault.Credential{Env: "OTHER"}},
		{Method: vault.AuthKubernetes, Role: "app", Namespace: &root, Credential: vault.Credential{File: file(t, "jwt")}},
		{Method: vault.AuthJWT, Namespace: &team, Credential: vault.Credential{Env: "OTHER"}},
		{Method: vault.AuthUserpass, Username: "a b@example.com", Credential: vault.Credential{Env: "OTHER"}},
	}
	env := map[string]func(string) (string, bool){
		"":    environment("VAULT_TOKEN=root", "OTHER=other"),
		"env": environment("VAULT_TOKEN=root", "OTHER=other", "VAULT_NAMESPACE=env"),
	}
	for _, address := range []string{"https://vault.example.com:8200", "https://h", "http://[::1]:8200"} {
		for _, mount := range []string{"kv", "team/kv", "my kv", "a,b|c;d=e%2f+g"} {
			for _, prefix := range []string{"", "app", "app/eu/1", "a,b|c;d=e%2f+g"} {
				for _, namespace := range []*string{nil, &root, &team} {
					for i, auth := range auths {
						for name, lookup := range env {
							o := vault.Options{Address: address, Mount: mount, Prefix: prefix, Namespace: namespace, Auth: auth, LookupEnv: lookup}
							o.Field = []string{"", "value", "/a/b", "a b&c"}[i%4]
							o.KV, o.Dynamic = []int{0, 1, 2}[i%3], i%3 == 0 && i > 0
							reopened(t, o, fmt.Sprintf("%d %s", i, name))
						}
					}
				}
			}
		}
	}
}

func reopened(t *testing.T, o vault.Options, what string) {
	t.Helper()
	first, second := &notes{}, &notes{}
	o.Transport = first
	p, err := vault.New(o)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	u, err := secretmux.ParseURI(p.String())
	if err != nil {
		t.Fatalf("%s: its address %s: %v", what, p, err)
	}
	again, err := vault.Options{LookupEnv: o.LookupEnv, Transport: second}.Backend()[vault.Scheme](t.Context(), u)
	if err != nil {
		t.Fatalf("%s: open %s: %v", what, p, err)
	}
	if got := fmt.Sprint(again); got != p.String() {
		t.Errorf("%s: %s reopens as %s", what, p, got)
	}
	if a, b := asks(t, p, first), asks(t, again, second); !slices.Equal(a, b) {
		t.Errorf("%s: %s\nasks     %q\nreopened %q", what, p, a, b)
	}
}

// The address of a link is its config string in canonical form, with the parameters
// that the options below it add.
func TestAddressOfALink(t *testing.T) {
	tests := []struct {
		uri  string
		o    vault.Options
		want string
	}{
		{"vault://h:8200/kv/app/?ttl=5m&kv=2", vault.Options{}, "vault://h:8200/kv/app/?kv=2&ttl=5m"},
		{"vault://h/kv?namespace=/", vault.Options{}, "vault://h/kv?namespace=%2F"},
		{"vault://h/app?mount=team/kv", vault.Options{KV: 1, Field: "v"}, "vault://h/app?field=v&kv=1&mount=team%2Fkv"},
		{"vault://h/kv?field=own", vault.Options{Field: "v"}, "vault://h/kv?field=own"},
		{"vault://h/kv?engine=kv", vault.Options{Dynamic: true}, "vault://h/kv?engine=kv"},
		{"vault://h/kv", vault.Options{Auth: vault.Auth{Method: vault.AuthKubernetes, Role: "app"}}, "vault://h/kv?auth=kubernetes&role=app"},
		// A value from a function can't be written in an address; o's own Backend
		// has it.
		{"vault://h/kv", vault.Options{Auth: appRoleOf("r")}, "vault://h/kv"},
	}
	for _, tt := range tests {
		tt.o.LookupEnv = environment()
		u, err := secretmux.ParseURI(tt.uri)
		if err != nil {
			t.Fatal(err)
		}
		p, err := tt.o.Backend()[vault.Scheme](t.Context(), u)
		if err != nil || fmt.Sprint(p) != tt.want {
			t.Errorf("%s: %v, %v, want %s", tt.uri, p, err, tt.want)
		}
	}
}

func TestAddress(t *testing.T) {
	team := "team"
	for want, o := range map[string]vault.Options{
		"vault://h:8200/kv":                              {Address: "https://h:8200", Mount: "kv"},
		"vault://h/app?kv=1&mount=team%2Fkv":             {Address: "https://h", Mount: "team/kv", Prefix: "app", KV: 1},
		"vault://h?mount=team%2Fkv":                      {Address: "https://h", Mount: "team/kv"},
		"vault://[::1]:8200/db?engine=dynamic&http=true": {Address: "http://[::1]:8200", Mount: "db", Dynamic: true},
		"vault://localhost/kv?http=true":                 {Address: "http://localhost", Mount: "kv"},
		"vault://h/kv?field=v&namespace=team":            {Address: "https://h", Mount: "kv", Field: "v", Namespace: &team},
	} {
		o.LookupEnv = environment()
		p, err := vault.New(o)
		if err != nil || p.String() != want {
			t.Errorf("String() = %v, %v, want %s", p, err, want)
		}
	}
}

// Every string that opens has an address that opens again and is the same.
func FuzzAddress(f *testing.F) {
	for _, link := range []string{
		"vault://vault.example.com:8200/kv/app/?kv=1", "vault://h/app?mount=team/kv&namespace=/", "vault://[::1]:8200/kv?http=true&field=/a/b",
		"vault://h/kv?auth=userpass&username=a%20b&password_env=P", "vault://h/kv?auth=approle&role_id=r%26x", "vault://h/a%2Cb%7Cc;d", "vault://h/kv//",
	} {
		f.Add(link)
	}
	f.Fuzz(func(t *testing.T, link string) {
		u, err := secretmux.ParseURI(link)
		if err != nil || u.Scheme != vault.Scheme {
			return
		}
		o := vault.Options{LookupEnv: environment("VAULT_NAMESPACE=env")}
		p, err := o.Backend()[vault.Scheme](t.Context(), u)
		if err != nil {
			if secretmux.ClassOf(err) != secretmux.ErrInvalid {
				t.Errorf("open: %v, want ErrInvalid", err)
			}
			return
		}
		address := fmt.Sprint(p)
		again, err := secretmux.ParseURI(address)
		if err != nil {
			t.Fatalf("the address %q of %q: %v", address, link, err)
		}
		second, err := o.Backend()[vault.Scheme](t.Context(), again)
		if err != nil || fmt.Sprint(second) != address {
			t.Errorf("%q opens as %v, %v", address, second, err)
		}
	})
}
