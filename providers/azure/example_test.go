package azure_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
)

// exampleVault is a vault on this machine, for the examples: it answers like a real
// vault, and the client sends all requests to it.
func exampleVault() (client *http.Client, stop func()) {
	f := &fake{
		challenge: challenge, secrets: map[string][]*version{}, names: map[string]string{}, deleted: map[string]bool{},
		handlers: map[string]http.Handler{}, clock: 1_700_000_000, pageSize: 25,
	}
	f.set("shop-db--password", "hunter1")
	f.set("shop-db--password", "hunter2")
	f.set("shop-db--user", "app")
	server := httptest.NewTLSServer(f)
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		},
		TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12},
	}}, server.Close
}

// A program without a credential of its own passes azure.Backend() instead.
func ExampleOptions_Backend() {
	client, stop := exampleVault()
	defer stop()
	ctx := context.Background()
	backend := azure.Options{TokenCredential: &credential{}, HTTPClient: client}.Backend()
	store, err := secretmux.Open(ctx, "azure-kv://my-vault?prefix=shop-&sep=--", backend)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	password, err := store.Get(ctx, "db/password")
	fmt.Println(password, len(password.Reveal()), password.Created().UTC().Year(), err)
	before, err := store.Get(ctx, "db/password?version=previous")
	fmt.Println(before.Equal(password), err)
	_, err = store.Get(ctx, "db/host")
	fmt.Println(errors.Is(err, secretmux.ErrNotFound))
	// Output:
	// [redacted] 7 2023 <nil>
	// false <nil>
	// true
}

func ExampleBackend() {
	// Opening sends no request and needs no credentials: it shows mistakes at
	// once.
	_, err := secretmux.Open(context.Background(), "azure-kv://my_vault?sep=/", azure.Backend())
	fmt.Println(errors.Is(err, secretmux.ErrInvalid), strings.Contains(err.Error(), "sep takes -, --, ---"))
	// Output: true true
}

func ExampleProvider() {
	client, stop := exampleVault()
	defer stop()
	p, err := azure.New(azure.Options{Vault: "my-vault", Prefix: "shop-", Separator: "--", TokenCredential: &credential{}, HTTPClient: client})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = p.Close() }()
	for info, err := range p.List(context.Background(), "db/") {
		fmt.Println(info.Name, info.Source, err)
	}
	// Output:
	// db/password azure-kv://my-vault?prefix=shop-&sep=-- <nil>
	// db/user azure-kv://my-vault?prefix=shop-&sep=-- <nil>
}

func ExampleNew() {
	p, err := azure.New(azure.Options{Vault: "my-vault", Prefix: "shop-", Separator: "--"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = p.Close() }()
	fmt.Println(p)
	_, err = p.Get(context.Background(), "db_password")
	fmt.Println(err)
	// Output:
	// azure-kv://my-vault?prefix=shop-&sep=--
	// secretmux: get: invalid: a name of Key Vault has only letters, digits and - (use a name such as db-password; see prefix= and sep=)
}

func ExampleCredential() {
	p, err := azure.New(azure.Options{Vault: "my-vault", Credential: azure.CredentialManaged})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = p.Close() }()
	fmt.Println(p) // the link with the same meaning

	_, err = azure.New(azure.Options{Vault: "my-vault", Credential: "password"})
	fmt.Println(err)
	// Output:
	// azure-kv://my-vault?credential=managed
	// secretmux: open: invalid: the credential is unknown (write one of default, managed, workload, cli, env)
}
