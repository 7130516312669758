package vault_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

func open(t *testing.T, uri string) (secretmux.Provider, error) {
	t.Helper()
	u, err := secretmux.ParseURI(uri)
	if err != nil {
		return nil, err
	}
	return vault.Backend()[vault.Scheme](t.Context(), u)
}

// Opening does no I/O, so these hosts and files don't have to exist.
func TestOpenAccepts(t *testing.T) {
	for _, uri := range []string{
		"vault://vault.example.com/kv", "vault://vault.example.com:8200/kv/", "vault://vault.example.com:8200/kv/app/eu/",
		"vault://[::1]:8200/kv?http=true", "vault://127.0.0.9:8200/kv?http=true", "vault://localhost/kv?http=true", "vault://h/kv?http=false",
		"vault://h/kv?kv=1", "vault://h/kv?kv=2&engine=kv", "vault://h/database/creds?engine=dynamic", "vault://h/app?mount=team/kv", "vault://h?mount=team/kv",
		"vault://h/kv?field=value&namespace=/&auth_namespace=a/b", "vault://h/kv?token_env=T", "vault://h/kv?token_file=/no/such/file&auth=token",
		"vault://h/kv?auth=approle&role_id=r&secret_id_env=S&auth_mount=team/approle", "vault://h/kv?auth=kubernetes&role=app",
		"vault://h/kv?auth=kubernetes&role=app&jwt_file=/f", "vault://h/kv?auth=jwt&role=app&jwt_env=J",
		"vault://h/kv?auth=none", "vault://127.0.0.1:8100/kv?http=true&auth=none", "vault://h/kv?auth=approle&role_id=r", "vault://h/kv?auth=jwt&jwt_file=/f",
		"vault://h/kv?auth=userpass&username=a&password_env=P", "vault://h/kv?auth=cert&cert_file=/c&key_file=/k", "vault://h/kv?auth=cert&role=web&cert_file=/c&key_file=/k",
		"vault://h/kv?ca_file=/no/such/file", "vault://h/v1", "vault://h/ui/team", "vault://h/v1a/b", "vault://h/ui/vaults",
	} {
		p, err := open(t, uri)
		if err != nil {
			t.Errorf("open %s: %v", uri, err)
			continue
		}
		if err := secretmux.Close(p); err != nil {
			t.Errorf("close %s: %v", uri, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for uri, says := range map[string]string{
		"vault:kv":                                  "address", // no host
		"vault:///kv":                               "address",
		"vault://h":                                 "mount",
		"vault://h/":                                "mount",
		"vault://h//kv":                             "mount",
		"vault://h/kv//":                            "folder",
		"vault://h//":                               "mount",
		"vault://h//?mount=kv":                      "folder",
		"vault://h/kv/a//b":                         "folder",
		"vault://h/kv/../sys":                       "folder",
		"vault://h/%2e%2e/kv":                       "mount",
		"vault://h/kv./a":                           "mount",
		"vault://h:0/kv":                            "address",
		"vault://h:99999/kv":                        "address",
		"vault://h:/kv":                             "",
		"vault://h/ui/vault/secrets/kv/show/app":    "without data/",
		"vault://h/kv?http=true":                    "loopback",
		"vault://127.0.0.1.example/kv?http=true":    "loopback",
		"vault://10.0.0.1/kv?http=true":             "loopback",
		"vault://h/kv?http=yes":                     "http",
		"vault://h/kv?kv=3":                         "kv",
		"vault://h/kv?kv=auto":                      "kv",
		"vault://h/kv?engine=dynamic&kv=1":          "dynamic",
		"vault://h/kv?engine=pki":                   "engine",
		"vault://h/kv?mount=a//b":                   "mount",
		"vault://h/kv?field=a%23b":                  "field",
		"vault://h/kv?token_file=":                  "empty",
		"vault://h/kv?ca_file=~/ca.pem":             "only a shell",
		"vault://h/kv?token_file=$HOME/t":           "only a shell",
		"vault://h/kv?token_file=~root/t":           "only a shell",
		"vault://h/kv?auth=jwt&jwt_file=${D}/jwt":   "only a shell",
		"vault://h/kv?ca_file=":                     "empty",
		"vault://h/kv?cert_file=/c":                 "only one",
		"vault://h/kv?token_file=/f&token_env=T":    "several",
		"vault://h/kv?secret_id_file=/f":            "do not belong",
		"vault://h/kv?role=app":                     "does not belong",
		"vault://h/kv?auth_mount=x":                 "does not log in",
		"vault://h/kv?auth=approle&secret_id_env=S": "lacks",
		"vault://h/kv?auth=approle&role_id=r&secret_id_env=S&token_env=T": "do not belong",
		"vault://h/kv?auth=kubernetes":                                    "role",
		"vault://h/kv?auth=jwt&role=app":                                  "lacks",
		"vault://h/kv?auth=none&token_env=T":                              "do not belong",
		"vault://h/kv?auth=none&auth_mount=x":                             "does not log in",
		"vault://h/kv?auth=none&role=app":                                 "does not belong",
		"vault://h/kv?auth=cert&cert_file=/c&key_file=/k&jwt_env=J":       "do not belong",
		"vault:/run/vault-agent.sock":                                     "unix sockets are not supported",
		"vault:///run/vault-agent.sock":                                   "unix sockets are not supported",
		"vault://h/kv?auth=userpass&username=a":                           "lacks",
		"vault://h/kv?auth=userpass&username=..&password_env=P":           "malformed",
		"vault://h/kv?auth=userpass&username=a/b&password_env=P":          "malformed",
		"vault://h/kv?auth=cert":                                          "lacks",
		"vault://h/kv?auth=ldap":                                          "auth",
		"vault://h/kv?token=hunter2":                                      "credential",
		"vault://h/kv?secret_id=hunter2":                                  "credential",
		"vault://h/kv?password=hunter2":                                   "credential",
		"vault://u:hunter2@h/kv":                                          "credentials",
		"vault://h/kv?adress=hunter2":                                     "unknown",
	} {
		p, err := open(t, uri)
		if p != nil || secretmux.ClassOf(err) != secretmux.ErrInvalid {
			t.Errorf("open %s: %v, want an error that is ErrInvalid", uri, err)
			continue
		}
		if !strings.Contains(err.Error(), says) {
			t.Errorf("open %s: %v, want an error about %q", uri, err, says)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error quotes the string: %v", err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	good := vault.Options{Address: "https://h:8200", Mount: "kv"}
	bad := "a\nb"
	for what, change := range map[string]func(*vault.Options){
		"no address":            func(o *vault.Options) { o.Address = "" },
		"a path in the address": func(o *vault.Options) { o.Address = "https://h/v1" },
		"a user in the address": func(o *vault.Options) { o.Address = "https://u:p@h" },
		"an unknown scheme":     func(o *vault.Options) { o.Address = "ftp://h" },
		"a unix socket":         func(o *vault.Options) { o.Address = "unix:///run/agent.sock" },
		"a credential for none": func(o *vault.Options) {
			o.Auth = vault.Auth{Method: vault.AuthNone, Credential: vault.Credential{Env: "T"}}
		},
		"an environment that is malformed": func(o *vault.Options) {
			o.LookupEnv = environment("VAULT_NAMESPACE=a\nb")
		},
		"no mount":             func(o *vault.Options) { o.Mount = "" },
		"KV 3":                 func(o *vault.Options) { o.KV = 3 },
		"KV -1":                func(o *vault.Options) { o.KV = -1 },
		"dynamic KV":           func(o *vault.Options) { o.KV, o.Dynamic = 2, true },
		"a bad namespace":      func(o *vault.Options) { o.Namespace = &bad },
		"a bad auth namespace": func(o *vault.Options) { o.Auth.Namespace = &bad },
		"a bad role":           func(o *vault.Options) { o.Auth = vault.Auth{Method: vault.AuthKubernetes, Role: bad} },
		"an unknown method":    func(o *vault.Options) { o.Auth.Method = "ldap" },
		"TLS twice":            func(o *vault.Options) { o.Transport, o.CAFile = direct{}, "/ca" },
	} {
		o := good
		change(&o)
		if p, err := vault.New(o); p != nil || secretmux.ClassOf(err) != secretmux.ErrInvalid {
			t.Errorf("%s: %v, want ErrInvalid", what, err)
		}
	}
	if _, err := vault.New(good); err != nil {
		t.Errorf("good options: %v", err)
	}
}

// Some names would leave the mount, or the official client would change them. They
// reach no server.
func TestRefusedNames(t *testing.T) {
	s := newServer()
	p := s.open(t, nil)
	for _, name := range []string{"../../sys/seal-status", "a//b", "a/", "/a", ".", "a.", "a./b", "a/../b", strings.Repeat("x", 3000)} {
		got, err := p.Get(t.Context(), name)
		wantClass(t, "Get", got, err, secretmux.ErrInvalid)
		got, err = p.GetVersion(t.Context(), name, "previous")
		wantClass(t, "GetVersion", got, err, secretmux.ErrInvalid)
	}
	if s.calls != 0 {
		t.Errorf("%d calls, want none", s.calls)
	}
}

// Other characters arrive as they are.
func TestOddNames(t *testing.T) {
	s := newServer()
	p := s.open(t, func(o *vault.Options) { o.Prefix = "my app" })
	for _, name := range []string{"a b", "a%2e%2eb", "a&b=c", "a:b@c", "ä/密码", "..a", "a;b,c|d"} {
		s.put("my app/"+name, map[string]any{"v": name})
		got, err := p.Get(t.Context(), name)
		if err != nil {
			t.Errorf("Get(%q): %v", name, err)
			continue
		}
		field, err := got.Field("v")
		wantValue(t, "the value of "+name, field, err, name)
	}
}
