package httpauth_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/httpauth"
	"github.com/secretmux/secretmux/testing/memory"
)

// The token of this client rotates while it runs. The server accepts the new one first.
func ExampleTransport() {
	ctx := context.Background()
	token := "first"
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer api.Close()

	m := memory.New(map[string]string{"api/token": "first"})
	store, err := secretmux.New(m, secretmux.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	host := strings.TrimPrefix(api.URL, "http://")
	transport, err := httpauth.New(ctx, store, "api/token", []string{host}, httpauth.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer transport.Close()
	client := &http.Client{Transport: transport}

	for _, next := range []string{"first", "second"} {
		token = next
		m.Set("api/token", next)
		resp, err := client.Get(api.URL)
		if err != nil {
			log.Fatal(err)
		}
		_ = resp.Body.Close()
		fmt.Println(resp.Status)
	}
	// Output:
	// 200 OK
	// 200 OK
}

// This API expects the key in a header of its own.
func ExampleOptions() {
	o := httpauth.Options{Header: "X-Api-Key", Format: httpauth.Raw}
	fmt.Println(o.Header)
	// Output: X-Api-Key
}
