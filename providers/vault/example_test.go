package vault_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// exampleServer stands in for a Vault with KV version 2.
func exampleServer() (host string, stop func()) {
	s := newServer()
	s.put("app/db", map[string]any{"user": "app", "password": "hunter1"})
	s.put("app/db", map[string]any{"user": "app", "password": "hunter2"})
	h := httptest.NewServer(s)
	return strings.TrimPrefix(h.URL, "http://"), h.Close
}

func ExampleBackend() {
	ctx := context.Background()
	host, stop := exampleServer()
	defer stop()

	// In production: vault://vault.example.com:8200/kv/app/?auth=kubernetes&role=app
	config := "vault://" + host + "/kv/app/?http=true&token_env=EXAMPLE_TOKEN"
	options := vault.Options{LookupEnv: environment("EXAMPLE_TOKEN=" + rootToken)} // leave out for the real one
	store, err := secretmux.Open(ctx, config, options.Backend())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	password, err := store.Get(ctx, "db#password")
	fmt.Println(password, len(password.Reveal()), password.Version(), err)
	before, err := store.Get(ctx, "db?version=previous#password")
	fmt.Println(before.Version(), before.Equal(password), err)
	_, err = store.Get(ctx, "absent")
	fmt.Println(errors.Is(err, secretmux.ErrNotFound))
	// Output:
	// [redacted] 7 2 <nil>
	// 1 false <nil>
	// true
}

func ExampleProvider() {
	ctx := context.Background()
	host, stop := exampleServer()
	defer stop()

	p, err := vault.New(vault.Options{
		Address: "http://" + host, Mount: "kv", Prefix: "app", Field: "password",
		Auth: vault.Auth{
			Method: vault.AuthAppRole, RoleID: "role-1",
			Credential: vault.Credential{Func: func(context.Context) (string, error) { return secretID, nil }},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = p.Close() }() // revokes the token of the login
	fmt.Println(p.Check(ctx))
	password, err := p.Get(ctx, "db")
	fmt.Println(len(password.Reveal()), err)
	// Output:
	// <nil>
	// 7 <nil>
}

func ExampleOptions() {
	ctx := context.Background()
	host, stop := exampleServer()
	defer stop()

	// Credentials that Vault makes, with a lease that Close ends.
	p, err := vault.New(vault.Options{
		Address: "http://" + host, Mount: "database", Prefix: "creds", Dynamic: true,
		LookupEnv: environment("VAULT_TOKEN=" + rootToken),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = p.Close() }()
	first, _ := p.Get(ctx, "app")
	again, err := p.Get(ctx, "app")
	fmt.Println(first.Equal(again), first.Expires().IsZero(), err)
	// Output: true false <nil>
}
