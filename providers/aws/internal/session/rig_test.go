package session_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// cloud is all of AWS: a transport that takes every request to one
// server on loopback, and notes which host it was for.
type cloud struct {
	server *httptest.Server

	mu       sync.Mutex
	hosts    []string
	keys     []string // the access key of each call of Secrets Manager
	logins   []string // the bodies of calls of STS
	sts, get http.HandlerFunc
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{sts: assumed, get: found}
	c.server = httptest.NewServer(c)
	t.Cleanup(c.server.Close)
	return c
}

func (c *cloud) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.hosts = append(c.hosts, r.URL.Host)
	c.mu.Unlock()
	to := r.Clone(r.Context())
	to.Header.Set("X-Host", r.URL.Host)
	to.URL.Scheme, to.URL.Host = "http", strings.TrimPrefix(c.server.URL, "http://")
	return c.server.Client().Transport.RoundTrip(to)
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	handler := c.get
	if strings.HasPrefix(r.Header.Get("X-Host"), "sts") {
		c.logins = append(c.logins, string(body))
		handler = c.sts
	} else {
		_, after, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		key, _, _ := strings.Cut(after, "/")
		c.keys = append(c.keys, key)
	}
	n := len(c.logins)
	c.mu.Unlock()
	r.Header.Set("X-Login", fmt.Sprint(n))
	handler(w, r)
}

func found(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, `{"Name":"db","SecretString":"`+faultscript.Canary+`","VersionId":"v"}`)
}

// assumed gives out credentials, with the number of the login in the key.
func assumed(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprintf(w, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>`+
		`<AccessKeyId>ASIAROLE%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken>`+
		`<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
		r.Header.Get("X-Login"), faultscript.Credential, faultscript.Credential)
}

func refused(status int, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, code, faultscript.Canary)
	}
}

func open(t *testing.T, opts aws.Options) *aws.Provider {
	t.Helper()
	p, err := aws.NewSecretsManager(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// wantClass fails t unless err has this class, mentions hint and leaks nothing.
func wantClass(t *testing.T, err, want error, hint string) {
	t.Helper()
	awstest.WantClass(t, err, want)
	if err != nil && !strings.Contains(err.Error(), hint) {
		t.Errorf("the error does not mention %q: %v", hint, err)
	}
}

func keys(t *testing.T) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", faultscript.Credential)
}
