package session_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

const role = "arn:aws:iam::123456789012:role/reader"

func TestRole(t *testing.T) {
	awstest.Isolate(t)
	keys(t)
	c := newCloud(t)
	p := open(t, aws.Options{Region: "eu-west-1", Role: role, ExternalID: "outside", Transport: c})
	for range 2 {
		if _, err := p.Get(t.Context(), "db"); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.logins) != 1 || !strings.Contains(c.logins[0], "ExternalId=outside") || !strings.Contains(c.logins[0], "RoleSessionName=secretmux") {
		t.Errorf("the logins are %q", c.logins)
	}
	if c.keys[0] != "ASIAROLE1" || c.keys[1] != "ASIAROLE1" {
		t.Errorf("the keys are %q", c.keys)
	}
}

// A session that the service no longer accepts is not used again.
func TestRoleIsAssumedAgain(t *testing.T) {
	awstest.Isolate(t)
	keys(t)
	c := newCloud(t)
	c.get = func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Authorization"), "ASIAROLE2") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"ExpiredTokenException"}`)
			return
		}
		found(w, r)
	}
	p := open(t, aws.Options{Region: "eu-west-1", Role: role, Transport: c})
	_, err := p.Get(t.Context(), "db")
	wantClass(t, err, secretmux.ErrUnauthenticated, "session")
	if _, err := p.Get(t.Context(), "db"); err != nil || len(c.logins) != 2 {
		t.Errorf("after %d logins: %v", len(c.logins), err)
	}
}

func TestRoleErrors(t *testing.T) {
	tests := []struct {
		status int
		code   string
		want   error
		hint   string
	}{
		{403, "AccessDenied", secretmux.ErrDenied, "trust policy"},
		{403, "InvalidClientTokenId", secretmux.ErrUnauthenticated, "access key"},
		{403, "ExpiredToken", secretmux.ErrUnauthenticated, "session"},
		{400, "Throttling", secretmux.ErrThrottled, ""},
		{503, "ServiceUnavailable", secretmux.ErrUnavailable, ""},
		{400, "ValidationError", secretmux.ErrUnauthenticated, "role="},
		{400, "RegionDisabledException", secretmux.ErrUnauthenticated, "role="},
	}
	for _, tt := range tests {
		awstest.Isolate(t)
		keys(t)
		c := newCloud(t)
		c.sts = refused(tt.status, tt.code)
		_, err := open(t, aws.Options{Region: "eu-west-1", Role: role, Transport: c}).Get(t.Context(), "db")
		wantClass(t, err, tt.want, tt.hint)
		if len(c.logins) != 1 || len(c.keys) != 0 {
			t.Errorf("%s: %d logins and %d calls, want 1 and none", tt.code, len(c.logins), len(c.keys))
		}
	}
}

// Without credentials nothing is sent, and the error comes soon, even if the metadata
// service of an instance accepts connections and never answers.
func TestNoCredentials(t *testing.T) {
	silent, _ := faultscript.Silent(t)
	for name, env := range map[string]map[string]string{
		"metadata disabled":    nil,
		"metadata refused":     {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://" + faultscript.Refused(t)},
		"metadata hangs":       {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://" + silent},
		"half a pair of keys":  {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"},
		"a role from metadata": {"AWS_ROLE_ARN": role},
	} {
		for who, role := range map[string]string{"the process": "", "a role": role} {
			t.Run(name+", "+who, func(t *testing.T) {
				awstest.Isolate(t)
				for variable, value := range env {
					t.Setenv(variable, value)
				}
				// The endpoints refuse: if a call is made anyway, it is
				// ErrUnavailable.
				t.Setenv("AWS_ENDPOINT_URL_STS", "http://"+faultscript.Refused(t))
				p := open(t, aws.Options{Region: "eu-west-1", Role: role, Endpoint: "http://" + faultscript.Refused(t)})
				start := time.Now()
				_, err := p.Get(t.Context(), "db")
				wantClass(t, err, secretmux.ErrUnauthenticated, "AWS_ACCESS_KEY_ID")
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}

// The same holds for a role that the profile assumes with the credentials of an
// instance.
func TestNoCredentialsForTheRoleOfAProfile(t *testing.T) {
	awstest.Isolate(t)
	t.Setenv("AWS_ENDPOINT_URL_STS", "http://"+faultscript.Refused(t))
	configure(t, "[default]\nrole_arn = "+role+"\ncredential_source = Ec2InstanceMetadata\n")
	_, err := open(t, aws.Options{Region: "eu-west-1"}).Get(t.Context(), "db")
	wantClass(t, err, secretmux.ErrUnauthenticated, "AWS_ACCESS_KEY_ID")
}

func configure(t *testing.T, text string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	write(t, path, text)
	t.Setenv("AWS_CONFIG_FILE", path)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A container's agent is asked for credentials with a token of its own.
func TestContainerErrors(t *testing.T) {
	tests := []struct {
		status int
		media  string
		want   error
		hint   string
	}{
		{500, "text/plain", secretmux.ErrUnavailable, ""},
		{429, "text/plain", secretmux.ErrThrottled, ""},
		{403, "text/plain", secretmux.ErrDenied, "refuses"},
		{403, "application/json", secretmux.ErrDenied, "refuses"},
		{401, "text/plain", secretmux.ErrUnauthenticated, ""},
		{404, "text/plain", secretmux.ErrUnauthenticated, "role"},
		{200, "text/html", secretmux.ErrUnauthenticated, ""},
	}
	for _, tt := range tests {
		awstest.Isolate(t)
		agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", tt.media)
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, `{"message":"`+faultscript.Canary+`"}`)
		}))
		t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.URL+"/creds")
		t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", faultscript.Credential)
		_, err := open(t, aws.Options{Region: "eu-west-1", Endpoint: "http://" + faultscript.Refused(t)}).Get(t.Context(), "db")
		wantClass(t, err, tt.want, tt.hint)
		agent.Close()
	}
}

// A login server that can't be reached is an outage, not a missing login.
func TestLoginServerIsDown(t *testing.T) {
	awstest.Isolate(t)
	keys(t)
	none := &faultscript.NoHost{}
	p := open(t, aws.Options{Region: "eu-west-1", Role: role, Transport: none})
	_, err := p.Get(t.Context(), "db")
	wantClass(t, err, secretmux.ErrUnavailable, "STS")
	if none.Calls() != 1 {
		t.Errorf("%d calls, want 1", none.Calls())
	}
}

// A gateway in front of the login server answers with a page.
func TestLoginAnswersWithAPage(t *testing.T) {
	for status, want := range map[int]error{
		503: secretmux.ErrUnavailable, 502: secretmux.ErrUnavailable, 429: secretmux.ErrThrottled, 403: secretmux.ErrDenied,
		404: secretmux.ErrUnauthenticated, 200: secretmux.ErrUnauthenticated,
	} {
		for name, page := range map[string]string{"HTML": "<!doctype html><p>" + faultscript.Canary, "nothing": "", "text": faultscript.Canary} {
			awstest.Isolate(t)
			keys(t)
			c := newCloud(t)
			c.sts = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, page)
			}
			_, err := open(t, aws.Options{Region: "eu-west-1", Role: role, Transport: c}).Get(t.Context(), "db")
			if class := secretmux.ClassOf(err); class != want {
				t.Errorf("%d, %s: %v, want %v", status, name, err, want)
			}
			wantClass(t, err, want, "")
		}
	}
}
