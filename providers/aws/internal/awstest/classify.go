package awstest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// Error is what a service answers with, and what a caller learns of it.
type Error struct {
	Code, Message string
	Status        int
	Class         error
	Hint          string
}

// Classify fails t unless p, a Provider that calls s, makes want of an answer to
// operation. The answer's message quotes a value.
func Classify(t *testing.T, s *Server, p secretmux.Provider, operation string, want Error) {
	t.Helper()
	s.Do(func() {
		s.Fail["db"] = func(w http.ResponseWriter, _ *http.Request) {
			s.Refuse(w, want.Status, Refuse(want.Code, want.Message+" "+faultscript.Canary))
		}
	})
	_, err := p.Get(t.Context(), "db")
	WantClass(t, err, want.Class)
	if !strings.Contains(err.Error(), want.Hint) {
		t.Errorf("the error does not speak of %q: %v", want.Hint, err)
	}
	var api *session.APIError
	if !errors.As(err, &api) || api.Code != want.Code || api.Status != want.Status || api.RequestID == "" || api.Operation != operation {
		t.Errorf("the cause is %#v", api)
	}
}

func serve(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}
