package faultscript

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

type recorder struct{ texts []string }

func (r *recorder) Errorf(format string, args ...any) {
	r.texts = append(r.texts, fmt.Sprintf(format, args...))
}

func TestStrangerSeesCredentials(t *testing.T) {
	tests := []struct {
		name   string
		header string
		value  string
		url    string
		body   string
		want   bool
	}{
		{name: "nothing", url: "/faulty", header: "Accept", value: "*/*"},
		{name: "authorization", url: "/", header: "Authorization", value: "x", want: true},
		{name: "token", url: "/", header: "X-Vault-Token", value: "x", want: true},
		{name: "odd header", url: "/", header: "X-Other", value: Credential, want: true},
		{name: "query", url: "/?q=" + Credential, want: true},
		{name: "body", url: "/", body: Credential, want: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodPost, tt.url, strings.NewReader(tt.body))
			if tt.header != "" {
				request.Header.Set(tt.header, tt.value)
			}
			var r recorder
			stranger(&r).ServeHTTP(httptest.NewRecorder(), request)
			if (len(r.texts) > 0) != tt.want {
				t.Errorf("stranger reported %q, want a report: %v", r.texts, tt.want)
			}
		})
	}
}

// A client that follows the redirect reaches the other server, under a host name
// that is not that of the first, whatever its method.
func TestRedirectLeadsElsewhere(t *testing.T) {
	h, _ := HTTP(t, Redirect)
	server := httptest.NewServer(h)
	defer server.Close()
	for method, body := range map[string]io.Reader{http.MethodGet: nil, http.MethodPost: io.LimitReader(strings.NewReader("name"), 4)} {
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/faulty", body)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if got := response.Request.URL; got.Hostname() == request.URL.Hostname() || got.Path != "/faulty" {
			t.Errorf("the redirect of a %s led to host %s, path %s", method, got.Hostname(), got.Path)
		}
	}
}
