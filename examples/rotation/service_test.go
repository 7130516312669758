package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestServiceAcceptsBothDuringARotation(t *testing.T) {
	backend := memory.New(map[string]string{"token": "first"})
	store, err := secretmux.New(backend, secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	token, err := store.Watch(context.Background(), "token")
	if err != nil {
		t.Fatal(err)
	}
	handler := newService(token)
	status := func(bearer string) int {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "Bearer "+bearer)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code
	}
	rotate := func(value string) {
		backend.Set("token", value)
		if err := store.Refresh(context.Background(), "token"); err != nil {
			t.Fatal(err)
		}
	}

	if got := status("first"); got != http.StatusOK {
		t.Errorf("the token: status %d, want 200", got)
	}
	rotate("second")
	for _, bearer := range []string{"first", "second"} {
		if got := status(bearer); got != http.StatusOK {
			t.Errorf("%s during the rotation: status %d, want 200", bearer, got)
		}
	}
	rotate("third")
	if got := status("first"); got != http.StatusUnauthorized {
		t.Errorf("a token two rotations old: status %d, want 401", got)
	}
	if got := status(""); got != http.StatusUnauthorized {
		t.Errorf("no token: status %d, want 401", got)
	}
}
