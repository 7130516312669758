package session_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
	"github.com/secretmux/secretmux/providers/aws/sm"
)

func TestOptions(t *testing.T) {
	const role = "arn:aws:iam::123456789012:role/reader"
	tests := []struct {
		name string
		opts session.Options
		ok   bool
	}{
		{"zero", session.Options{}, true},
		{"region", session.Options{Region: "eu-west-1"}, true},
		{"region that is a host", session.Options{Region: "evil.example/"}, false},
		{"region with a port", session.Options{Region: "eu-west-1:443"}, false},
		{"role", session.Options{Role: role, ExternalID: "x"}, true},
		{"role by path", session.Options{Role: "arn:aws-cn:iam::123456789012:role/a/b"}, true},
		{"role by name", session.Options{Role: "reader"}, false},
		{"role that is a user", session.Options{Role: "arn:aws:iam::123456789012:user/reader"}, false},
		{"external id alone", session.Options{ExternalID: "x"}, false},
		{"profile and credentials", session.Options{Profile: "p", Credentials: aws.AnonymousCredentials{}}, false},
		{"https endpoint", session.Options{Endpoint: "https://vpce-1.example:443/"}, true},
		{"loopback endpoint", session.Options{Endpoint: "http://127.0.0.1:4566"}, true},
		{"loopback by name", session.Options{Endpoint: "http://localhost:4566"}, true},
		{"loopback of IPv6", session.Options{Endpoint: "http://[::1]:4566"}, true},
		{"plain http", session.Options{Endpoint: "http://10.0.0.1"}, false},
		{"localhost of another domain", session.Options{Endpoint: "http://localhost.evil.example"}, false},
		{"endpoint with a user", session.Options{Endpoint: "https://a:b@host"}, false},
		{"endpoint with a path", session.Options{Endpoint: "https://host/path"}, false},
		{"endpoint with a query", session.Options{Endpoint: "https://host/?a=b"}, false},
		{"endpoint without scheme", session.Options{Endpoint: "host:443"}, false},
		{"endpoint of another scheme", session.Options{Endpoint: "ftp://host"}, false},
		{"endpoint and fips", session.Options{Endpoint: "https://host", FIPS: true}, false},
		{"prefix", session.Options{Prefix: "prod/a/"}, true},
		{"prefix with a slash in front", session.Options{Prefix: "/prod"}, true},
		{"prefix that climbs", session.Options{Prefix: "../prod/"}, false},
		{"prefix with an empty segment", session.Options{Prefix: "a//b"}, false},
		{"prefix that is an ARN", session.Options{Prefix: "arn:aws"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sm.New(tt.opts)
			if tt.ok {
				wantClass(t, err, nil, "")
			} else {
				wantClass(t, err, secretmux.ErrInvalid, "")
			}
		})
	}
}

func TestFromURI(t *testing.T) {
	tests := []struct {
		uri  string
		want string // of the provider made of it, empty for ErrInvalid
	}{
		{"aws-sm:", "aws-sm:"},
		{"aws-sm://eu-west-1", "aws-sm://eu-west-1/"},
		{"aws-sm://eu-west-1/", "aws-sm://eu-west-1/"},
		{"aws-sm://eu-west-1/prod", "aws-sm://eu-west-1/prod/"},
		{"aws-sm://eu-west-1/prod/", "aws-sm://eu-west-1/prod/"},
		{"aws-sm:///prod/", "aws-sm:///prod/"},
		{"aws-sm:prod/?region=eu-west-1", "aws-sm://eu-west-1/prod/"},
		{"aws-sm://eu-west-1/?region=eu-west-1", "aws-sm://eu-west-1/"},
		{"aws-sm://eu-west-1//prod/", "aws-sm://eu-west-1//prod/"},
		{"aws-sm://eu-west-1/?region=us-east-1", ""},
		{"aws-sm://eu-west-1/?region=", ""},
		{"aws-sm://eu-west-1/?profile=", ""},
		{"aws-sm://eu-west-1/?fips=yes", ""},
		{"aws-sm://eu-west-1/?regoin=x", ""},
		{"aws-sm://eu-west-1/../prod/", ""},
	}
	for _, tt := range tests {
		t.Run(tt.uri, func(t *testing.T) {
			u, err := secretmux.ParseURI(tt.uri)
			if err != nil {
				t.Fatal(err)
			}
			opts, err := session.Options{}.FromURI(u)
			if err == nil {
				var p *sm.Provider
				if p, err = sm.New(opts); err == nil && p.String() != tt.want {
					t.Errorf("the provider is %s, want %s", p, tt.want)
				}
			}
			if tt.want == "" {
				wantClass(t, err, secretmux.ErrInvalid, "")
			} else {
				wantClass(t, err, nil, "")
			}
		})
	}
}

// A link's parameters come before the options, which stay for the rest.
func TestFromURIOverOptions(t *testing.T) {
	u, err := secretmux.ParseURI("aws-sm://eu-west-1/?role=arn:aws:iam::123456789012:role/r&external_id=e&profile=p&endpoint=https://h&fips=true")
	if err != nil {
		t.Fatal(err)
	}
	got, err := session.Options{Region: "us-east-1", Prefix: "prod"}.FromURI(u)
	want := session.Options{
		Region: "eu-west-1", Prefix: "", Role: "arn:aws:iam::123456789012:role/r", ExternalID: "e", Profile: "p",
		Endpoint: "https://h", FIPS: true,
	}
	if err != nil || got != want {
		t.Errorf("FromURI = %+v, %v, want %+v", got, err, want)
	}
}
