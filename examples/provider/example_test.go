package acme_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/secretmux/secretmux"
	acme "github.com/secretmux/secretmux/examples/provider"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// A service opens it like any other backend.
func Example() {
	fake := newServer()
	fake.set("prod/db", []byte(`{"user":"app","password":"s3cret"}`))
	api := httptest.NewServer(fake)
	defer api.Close()
	host := strings.TrimPrefix(api.URL, "http://")

	backend := acme.Options{Token: secretmux.NewSecret([]byte(faultscript.Credential), secretmux.Meta{})}.Backend()
	store, err := secretmux.Open(context.Background(), "acme://"+host+"/prod?http=true&stale=1h", backend)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	for _, ref := range []string{"db#password", "absent"} {
		secret, err := store.Get(context.Background(), ref)
		fmt.Println(ref, secret.Reveal(), secret.Version(), secretmux.ClassOf(err))
	}
	// Output:
	// db#password s3cret 1 <nil>
	// absent   not found
}

// A provider made in code prints the address of the same place.
func ExampleOptions() {
	p, err := acme.New(acme.Options{Host: "acme.example:8443", Folder: "team/prod", TokenFile: "/run/acme/token"})
	fmt.Println(p, err)
	// Output: acme://acme.example:8443/team/prod?token_file=%2Frun%2Facme%2Ftoken <nil>
}

func ExampleProvider() {
	_, err := acme.New(acme.Options{Host: "acme.example", HTTP: true, TokenFile: "/run/acme/token"})
	fmt.Println(err)
	// Output: secretmux: open: invalid: plain HTTP would show the token to the network (leave out http=true)
}
