package awstest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// Error is an error answer of a service, and the error that the caller gets.
type Error struct {
	Code, Message string
	Status        int
	Class         error
	Hint          string
}

// Classify fails t unless p, a Provider that calls s, returns the error want after an
// answer to operation. The answer's message quotes a value.
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
		t.Errorf("the error does not mention %q: %v", want.Hint, err)
	}
	var api *aws.APIError
	if !errors.As(err, &api) || api.Code != want.Code || api.Status != want.Status || api.RequestID == "" || api.Operation != operation {
		t.Errorf("the cause is %#v", api)
	}
}

// notFoundNeedsTheService tests that a code means absence only if it comes with the
// status and in the form of the service.
func notFoundNeedsTheService(t *testing.T, a Account, code string) {
	t.Helper()
	const html, amazon = "text/html; charset=utf-8", "application/x-amz-json-1.1"
	document := `{"__type":"` + code + `","Message":"` + faultscript.Canary + `"}`
	tests := []struct {
		status      int
		media, body string
		want        error
	}{
		{400, amazon, document, secretmux.ErrNotFound},
		{404, "application/json", document, secretmux.ErrNotFound},
		{400, "text/plain; charset=utf-8", document, secretmux.ErrNotFound}, // net/http's guess at a document
		{302, amazon, document, secretmux.ErrInvalid},
		{401, amazon, document, secretmux.ErrUnauthenticated},
		{403, amazon, document, secretmux.ErrDenied},
		{407, amazon, document, secretmux.ErrUnavailable},
		{408, amazon, document, secretmux.ErrUnavailable},
		{410, amazon, document, secretmux.ErrInvalid},
		{429, amazon, document, secretmux.ErrThrottled},
		{500, amazon, document, secretmux.ErrUnavailable},
		{502, amazon, document, secretmux.ErrUnavailable},
		{503, amazon, document, secretmux.ErrUnavailable},
		{400, html, document, secretmux.ErrInvalid},
		{404, html, document, secretmux.ErrInvalid},
		{404, "application/xml", document, secretmux.ErrInvalid},
		{404, "a broken/type;;", document, secretmux.ErrInvalid},
		{404, amazon, "<!doctype html><title>" + faultscript.Canary, secretmux.ErrInvalid}, // with the code in a header
		{404, amazon, `"` + code + `"`, secretmux.ErrInvalid},
		{404, amazon, "null", secretmux.ErrInvalid},
		{404, amazon, "[" + document + "]", secretmux.ErrInvalid},
		{404, amazon, document + "}", secretmux.ErrInvalid},
		{404, amazon, "", secretmux.ErrInvalid},
		{503, html, document, secretmux.ErrUnavailable},
	}
	p := a.provider(t)
	for _, tt := range tests {
		a.Server.Do(func() {
			a.Server.Fail["db"] = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.media)
				w.Header().Set("X-Amzn-Errortype", code)
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}
		})
		_, err := p.Get(t.Context(), "db")
		if class := secretmux.ClassOf(err); class != tt.want {
			t.Errorf("%d %s %.20q is %v, want %v", tt.status, tt.media, tt.body, class, tt.want)
		}
		conformance.NoLeak(t, err, faultscript.Canary)
	}
}

func serve(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// ServeValue returns the address of a Secrets Manager whose one secret has that
// name and value.
func ServeValue(t *testing.T, name, value string) (url string) {
	t.Helper()
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_ = json.NewEncoder(w).Encode(map[string]any{"Name": name, "VersionId": "v1", "VersionStages": []string{"AWSCURRENT"}, "SecretString": value})
	}))
}
