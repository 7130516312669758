package aws_test

import (
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faultscript"
)

const role = "arn:aws:iam::123456789012:role/reader"

func TestOptions(t *testing.T) {
	tests := []struct {
		name string
		opts aws.Options
		ok   bool
	}{
		{"zero", aws.Options{}, true},
		{"region", aws.Options{Region: "eu-west-1"}, true},
		{"region that is a host", aws.Options{Region: "evil.example/"}, false},
		{"region with a port", aws.Options{Region: "eu-west-1:443"}, false},
		{"role", aws.Options{Role: role, ExternalID: "x"}, true},
		{"role by path", aws.Options{Role: "arn:aws-cn:iam::123456789012:role/a/b"}, true},
		{"role by name", aws.Options{Role: "reader"}, false},
		{"role with a line break", aws.Options{Role: role + "\n"}, false},
		{"role that is a user", aws.Options{Role: "arn:aws:iam::123456789012:user/reader"}, false},
		{"only an external id", aws.Options{ExternalID: "x"}, false},
		{"external id that is not UTF-8", aws.Options{Role: role, ExternalID: "\xff"}, false},
		{"profile and credentials", aws.Options{Profile: "p", Credentials: sdk.AnonymousCredentials{}}, false},
		{"profile with a control character", aws.Options{Profile: "p\x00"}, false},
		{"https endpoint", aws.Options{Endpoint: "https://vpce-1.example:443/"}, true},
		{"loopback endpoint", aws.Options{Endpoint: "http://127.0.0.1:4566"}, true},
		{"loopback by name", aws.Options{Endpoint: "http://localhost:4566"}, true},
		{"loopback of IPv6", aws.Options{Endpoint: "http://[::1]:4566"}, true},
		{"plain http", aws.Options{Endpoint: "http://10.0.0.1"}, false},
		{"localhost of another domain", aws.Options{Endpoint: "http://localhost.evil.example"}, false},
		{"endpoint with a user", aws.Options{Endpoint: "https://a:" + faultscript.Canary + "@host"}, false},
		{"endpoint with a path", aws.Options{Endpoint: "https://host/" + faultscript.Canary}, false},
		{"endpoint with a query", aws.Options{Endpoint: "https://host/?a=b"}, false},
		{"endpoint without scheme", aws.Options{Endpoint: "host:443"}, false},
		{"endpoint of another scheme", aws.Options{Endpoint: "ftp://host"}, false},
		{"endpoint and fips", aws.Options{Endpoint: "https://host", FIPS: true}, false},
		{"prefix", aws.Options{Prefix: "prod/a/"}, true},
		{"prefix with a slash in front", aws.Options{Prefix: "/prod"}, true},
		{"prefix of a slash", aws.Options{Prefix: "/"}, true},
		{"prefix that climbs", aws.Options{Prefix: "../prod/"}, false},
		{"prefix with an empty segment", aws.Options{Prefix: "a//b"}, false},
		{"prefix of two slashes", aws.Options{Prefix: "//"}, false},
		{"prefix that is an ARN", aws.Options{Prefix: "arn:aws"}, false},
		{"prefix that is a region", aws.Options{Prefix: "eu-west-1/prod"}, false},
		{"prefix that is a region, below another", aws.Options{Region: "us-east-1", Prefix: "eu-west-1/prod"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := aws.NewSecretsManager(tt.opts)
			if want := map[bool]error{false: secretmux.ErrInvalid}[tt.ok]; secretmux.ClassOf(err) != want {
				t.Errorf("the error is %v, want %v", err, want)
			}
			conformance.NoLeak(t, err, faultscript.Canary)
		})
	}
}

// The address that String prints always opens a provider for the same place.
func TestStringReopens(t *testing.T) {
	tests := []struct {
		opts aws.Options
		link string // opened with opts
		want string
	}{
		{aws.Options{}, "aws-sm:", "aws-sm:"},
		{aws.Options{}, "aws-sm://eu-west-1", "aws-sm://eu-west-1/"},
		{aws.Options{}, "aws-sm://eu-west-1/", "aws-sm://eu-west-1/"},
		{aws.Options{}, "aws-sm://eu-west-1/prod", "aws-sm://eu-west-1/prod/"},
		{aws.Options{}, "aws-sm://eu-west-1/prod/", "aws-sm://eu-west-1/prod/"},
		{aws.Options{}, "aws-sm:///prod/", "aws-sm:///prod/"},
		{aws.Options{}, "aws-sm:prod/?region=eu-west-1", "aws-sm://eu-west-1/prod/"},
		{aws.Options{}, "aws-sm://eu-west-1/?region=eu-west-1", "aws-sm://eu-west-1/"},
		{aws.Options{}, "aws-sm://eu-west-1//prod/", "aws-sm://eu-west-1//prod/"},
		{aws.Options{}, "aws-sm://eu-west-1//", "aws-sm://eu-west-1//"},
		{aws.Options{}, "aws-sm:////", "aws-sm:////"},
		{aws.Options{}, "aws-sm://eu-west-1/a%2Cb%25/", "aws-sm://eu-west-1/a%2Cb%25/"},
		{aws.Options{}, "aws-sm:?profile=a%26b&ttl=5m", "aws-sm:?profile=a%26b"},
		{aws.Options{}, "aws-sm://us-east-1/?fips=true", "aws-sm://us-east-1/?fips=true"},
		{
			aws.Options{Region: "eu-west-1", Prefix: "a b/", Role: role, ExternalID: "x&y", Endpoint: "https://h:1", Profile: "p"},
			"aws-sm:",
			"aws-sm://eu-west-1/a%20b/?endpoint=https%3A%2F%2Fh%3A1&external_id=x%26y&profile=p&role=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Freader",
		},
		// A link's parameters override the options. The other options stay.
		{aws.Options{Region: "us-east-1", Prefix: "prod", Profile: "p"}, "aws-sm://eu-west-1/", "aws-sm://eu-west-1/?profile=p"},
		{aws.Options{Region: "us-east-1", Prefix: "prod"}, "aws-sm:test/", "aws-sm://us-east-1/test/"},
		{aws.Options{Region: "us-east-1", Prefix: "prod"}, "aws-sm:?role=" + role, "aws-sm://us-east-1/prod/?role=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Freader"},
	}
	for _, tt := range tests {
		t.Run(tt.link+" "+tt.want, func(t *testing.T) {
			p := opened(t, tt.opts, tt.link)
			if p.String() != tt.want {
				t.Errorf("it is %s, want %s", p, tt.want)
			}
			if again := opened(t, aws.Options{}, p.String()); again.String() != p.String() {
				t.Errorf("opened again it is %s, want %s", again, p)
			}
		})
	}
}

func opened(t *testing.T, o aws.Options, link string) *aws.Provider {
	t.Helper()
	u, err := secretmux.ParseURI(link)
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.Backend()["aws-sm"](t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	return p.(*aws.Provider)
}

// A provider that a program made, and a provider that opened its address, read the
// same place.
func TestStringReopensInTheSamePlace(t *testing.T) {
	awstest.Isolate(t)
	for _, prefix := range []string{"", "/", "prod", "/prod", "a b/"} {
		p, err := aws.NewParameterStore(aws.Options{Region: "eu-west-1", Prefix: prefix})
		if err != nil {
			t.Fatal(err)
		}
		u, err := secretmux.ParseURI(p.String())
		if err != nil {
			t.Fatal(err)
		}
		again, err := aws.Backend()["aws-ps"](t.Context(), u)
		if err != nil || again.(*aws.Provider).String() != p.String() {
			t.Errorf("%q: %v opens %v, %v", prefix, p, again, err)
		}
	}
}
