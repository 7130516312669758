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
