package session_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/providers/aws/session"
	"github.com/secretmux/secretmux/testing/faultscript"
)

const role = "arn:aws:iam::123456789012:role/reader"

func TestRole(t *testing.T) {
	awstest.Isolate(t)
	keys(t)
	c := newCloud(t)
	p := open(t, session.Options{Region: "eu-west-1", Role: role, ExternalID: "outside", Transport: c})
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

// A session that the service no longer takes is not used again.
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
	p := open(t, session.Options{Region: "eu-west-1", Role: role, Transport: c})
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
		_, err := open(t, session.Options{Region: "eu-west-1", Role: role, Transport: c}).Get(t.Context(), "db")
		wantClass(t, err, tt.want, tt.hint)
		if len(c.logins) != 1 || len(c.keys) != 0 {
			t.Errorf("%s: %d logins and %d calls, want 1 and none", tt.code, len(c.logins), len(c.keys))
		}
	}
}

// Without credentials nothing is sent, and that is said soon, also where the
// metadata service of an instance accepts connections and never answers.
func TestNoCredentials(t *testing.T) {
	silent, _ := faultscript.Silent(t)
	for name, env := range map[string]map[string]string{
		"metadata disabled":    nil,
		"metadata refused":     {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://" + faultscript.Refused(t)},
		"metadata hangs":       {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://" + silent},
		"half a pair of keys":  {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"},
		"a role from metadata": {"AWS_ROLE_ARN": role},
	} {
		t.Run(name, func(t *testing.T) {
			awstest.Isolate(t)
			for variable, value := range env {
				t.Setenv(variable, value)
			}
			// The endpoint refuses: a call that is made all the same is ErrUnavailable.
			p := open(t, session.Options{Region: "eu-west-1", Endpoint: "http://" + faultscript.Refused(t)})
			start := time.Now()
			_, err := p.Get(t.Context(), "db")
			wantClass(t, err, secretmux.ErrUnauthenticated, "AWS_ACCESS_KEY_ID")
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// A login server that can't be reached is an outage, not a missing login.
func TestLoginServerIsDown(t *testing.T) {
	awstest.Isolate(t)
	keys(t)
	none := &faultscript.NoHost{}
	p := open(t, session.Options{Region: "eu-west-1", Role: role, Transport: none})
	_, err := p.Get(t.Context(), "db")
	wantClass(t, err, secretmux.ErrUnavailable, "STS")
	if none.Calls() != 1 {
		t.Errorf("%d calls, want 1", none.Calls())
	}
}
