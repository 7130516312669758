package vault_test

import (
	"fmt"

	"github.com/secretmux/secretmux/providers/vault"
)

func ExampleAuth() {
	_, err := vault.New(vault.Options{
		Address: "https://vault.example.com:8200", Mount: "kv",
		Auth: vault.Auth{Method: vault.AuthKubernetes, Role: "app"}, // the pod's service account
	})
	fmt.Println(err)
	// Output: <nil>
}

func ExampleCredential() {
	// A file that an agent keeps up to date. It is read before each call.
	token := vault.Credential{File: "/run/vault/token"}
	_, err := vault.New(vault.Options{
		Address: "https://vault.example.com:8200", Mount: "kv", Auth: vault.Auth{Credential: token},
	})
	fmt.Println(err)
	// Output: <nil>
}

func ExampleAuthMethod() {
	// A Vault Agent on this machine that logs in by itself.
	_, err := vault.New(vault.Options{
		Address: "http://127.0.0.1:8100", Mount: "kv", Auth: vault.Auth{Method: vault.AuthNone},
	})
	fmt.Println(err)
	_, err = vault.New(vault.Options{
		Address: "https://vault.example.com:8200", Mount: "kv", Auth: vault.Auth{Method: "ldap"},
	})
	fmt.Println(err)
	// Output:
	// <nil>
	// secretmux: open: invalid: the login method is unknown (auth= is one of token, none, approle, kubernetes, jwt, userpass, cert)
}
