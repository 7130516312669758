// Httpclient calls an API with a token that rotates while it runs. The API changes the
// token first, so some requests get a 401. The client then asks for the newer token and
// sends the request again. No request fails.
//
//	go run ./examples/httpclient
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/httpauth"
	"github.com/secretmux/secretmux/testing/memory"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	api := newAPI("token-0")
	defer api.Close()
	// A real program opens a config string: secretmux.Open(ctx, os.Getenv("SECRETS"), ...).
	backend := memory.New(map[string]string{"api/token": "token-0"})
	store, err := secretmux.New(backend, secretmux.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	host := strings.TrimPrefix(api.URL, "http://")
	transport, err := httpauth.New(ctx, store, "api/token", []string{host}, httpauth.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = transport.Close() }()
	client := &http.Client{Transport: transport}

	for rotation := range 5 {
		for range 20 {
			if err := call(ctx, client, api.URL); err != nil {
				return err
			}
		}
		next := fmt.Sprintf("token-%d", rotation+1)
		backend.Set("api/token", next)
		api.accept(next) // the store does not know yet
	}
	_, _ = fmt.Fprintf(out, "100 requests over 5 rotations: all answered, %d refused once and sent again\n", api.refused.Load())
	return nil
}

func call(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return errors.New("the API answered " + resp.Status)
	}
	return nil
}

// api is a server that accepts one token.
type api struct {
	*httptest.Server

	token   atomic.Pointer[string]
	refused atomic.Int64
}

func newAPI(token string) *api {
	a := &api{}
	a.accept(token)
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer "+*a.token.Load() {
			a.refused.Add(1)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	return a
}

func (a *api) accept(token string) { a.token.Store(&token) }
