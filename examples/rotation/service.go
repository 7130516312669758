package main

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/secretmux/secretmux"
)

// service answers every caller that has the token. It keeps the Live and never a value.
type service struct{ token *secretmux.Live }

func newService(token *secretmux.Live) http.Handler { return &service{token: token} }

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || !s.accepts(secretmux.NewSecret([]byte(given), secretmux.Meta{})) {
		http.Error(w, "send a valid bearer token", http.StatusUnauthorized)
		return
	}
	_, _ = fmt.Fprintf(w, "hello; the token is version %s\n", s.token.Current().Version())
}

// accepts compares in constant time, with Secret.Equal.
func (s *service) accepts(given secretmux.Secret) bool {
	if given.Equal(s.token.Current()) {
		return true
	}
	previous, ok := s.token.Previous()
	return ok && given.Equal(previous)
}
