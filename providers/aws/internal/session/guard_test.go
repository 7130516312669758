package session_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// plain is a transport of the caller, which changes nothing.
func plain() http.RoundTripper { return http.DefaultTransport.(*http.Transport).Clone() }

// A server that answers for a source of credentials can't forward the token of this
// process to another server.
func TestNoRedirectForCredentials(t *testing.T) {
	sources := map[string]func(t *testing.T, address string){
		"a container": func(t *testing.T, address string) {
			t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", address+"/creds")
			t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", faultscript.Credential)
		},
		"an instance": func(t *testing.T, address string) {
			t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
			t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", address)
		},
		"web identity": func(t *testing.T, address string) {
			configure(t, "[default]\nrole_arn = "+role+"\nweb_identity_token_file = "+writeFile(t, faultscript.Credential)+"\n")
			t.Setenv("AWS_ENDPOINT_URL_STS", address)
		},
		"a role": func(t *testing.T, address string) {
			keys(t)
			configure(t, "[default]\nrole_arn = "+role+"\ncredential_source = Environment\n")
			t.Setenv("AWS_PROFILE", "default")
			t.Setenv("AWS_ENDPOINT_URL_STS", address)
		},
	}
	for name, set := range sources {
		for _, status := range []int{301, 302, 303, 307, 308} {
			for with, transport := range map[string]http.RoundTripper{"the SDK's transport": nil, "a transport": plain()} {
				t.Run(name+", "+http.StatusText(status)+", "+with, func(t *testing.T) {
					awstest.Isolate(t)
					var asked, followed atomic.Int64
					elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
					defer elsewhere.Close()
					source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						asked.Add(1)
						http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
					}))
					defer source.Close()
					set(t, source.URL)
					opts := aws.Options{Region: "eu-west-1", Endpoint: "http://" + faultscript.Refused(t), Transport: transport}
					if name == "a role" {
						opts.Profile = "default"
					}
					_, err := open(t, opts).Get(t.Context(), "db")
					wantClass(t, err, secretmux.ErrUnauthenticated, "")
					if asked.Load() == 0 || followed.Load() != 0 {
						t.Errorf("%d requests to the source and %d where it leads, want none there", asked.Load(), followed.Load())
					}
				})
			}
		}
	}
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := t.TempDir() + "/token"
	write(t, path, text)
	return path
}

// An endpoint of the environment or of the profile must follow the rules of
// endpoint=.
func TestConfiguredEndpoint(t *testing.T) {
	tests := []struct {
		name, value string
		opts        aws.Options
		hint        string // empty: it is called
	}{
		{"AWS_ENDPOINT_URL", "http://10.0.0.1", aws.Options{}, "AWS_ENDPOINT_URL"},
		{"AWS_ENDPOINT_URL", "http://localhost.evil.example", aws.Options{}, "AWS_ENDPOINT_URL"},
		{"AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://10.0.0.1:4566", aws.Options{}, "not encrypted"},
		{"AWS_ENDPOINT_URL", "https://user:" + faultscript.Canary + "@host.example", aws.Options{}, "more than a scheme"},
		{"AWS_ENDPOINT_URL", "https://host.example/?x=" + faultscript.Canary, aws.Options{}, "more than a scheme"},
		{"AWS_ENDPOINT_URL", "ftp://host.example", aws.Options{}, "scheme"},
		{"AWS_ENDPOINT_URL_STS", "http://10.0.0.1", aws.Options{Role: role}, "not encrypted"},
		{"AWS_ENDPOINT_URL_STS", "http://10.0.0.1", aws.Options{}, ""},
		{"AWS_ENDPOINT_URL", "http://127.0.0.1:1", aws.Options{}, ""},
		{"AWS_ENDPOINT_URL", "https://host.example", aws.Options{}, ""},
		{"AWS_ENDPOINT_URL", "http://10.0.0.1", aws.Options{Endpoint: "https://host.example"}, ""},
		{"file", "[default]\nendpoint_url = http://10.0.0.1\n", aws.Options{}, "profile"},
		{"file", "[default]\nservices = here\n[services here]\nsecrets_manager =\n  endpoint_url = http://10.0.0.1\n", aws.Options{}, "not encrypted"},
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.value, func(t *testing.T) {
			awstest.Isolate(t)
			keys(t)
			if tt.name == "file" {
				configure(t, tt.value)
			} else {
				t.Setenv(tt.name, tt.value)
			}
			c := newCloud(t)
			opts := tt.opts
			opts.Region, opts.Transport = "eu-west-1", c
			_, err := open(t, opts).Get(t.Context(), "db")
			if tt.hint == "" {
				wantClass(t, err, nil, "")
				return
			}
			wantClass(t, err, secretmux.ErrInvalid, tt.hint)
			if len(c.hosts) != 0 {
				t.Errorf("it called %q", c.hosts)
			}
		})
	}
}

// The SDK's own requests for credentials are not sent in plain text either.
func TestPlainLogin(t *testing.T) {
	for with, transport := range map[string]func(*testing.T) http.RoundTripper{
		"the SDK's transport": func(*testing.T) http.RoundTripper { return nil },
		"a transport":         func(t *testing.T) http.RoundTripper { return newCloud(t) },
	} {
		t.Run(with, func(t *testing.T) {
			awstest.Isolate(t)
			configure(t, "[default]\nrole_arn = "+role+"\nweb_identity_token_file = "+writeFile(t, faultscript.Credential)+"\n")
			t.Setenv("AWS_ENDPOINT_URL_STS", "http://sts.invalid")
			opts := aws.Options{Region: "eu-west-1", Endpoint: "https://127.0.0.1:1", Transport: transport(t)}
			_, err := open(t, opts).Get(t.Context(), "db")
			wantClass(t, err, secretmux.ErrInvalid, "not encrypted")
			if c, ok := opts.Transport.(*cloud); ok && len(c.hosts) != 0 {
				t.Errorf("it called %q", c.hosts)
			}
		})
	}
}

// A container's agent is called through the transport of the options, and an
// instance's metadata service has plain HTTP only, at any address.
func TestMetadataServices(t *testing.T) {
	for name, set := range map[string]func(t *testing.T){
		"ECS": func(t *testing.T) { t.Setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/creds") },
		"EKS": func(t *testing.T) {
			t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials")
		},
		"EKS over IPv6": func(t *testing.T) {
			t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://[fd00:ec2::23]/v1/credentials")
		},
		"an instance": func(t *testing.T) { t.Setenv("AWS_EC2_METADATA_DISABLED", "false") },
		"a mock of those": func(t *testing.T) {
			t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
			t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://mock.example:1338")
		},
	} {
		t.Run(name, func(t *testing.T) {
			awstest.Isolate(t)
			set(t)
			c := newCloud(t)
			c.get = func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasPrefix(r.Header.Get("X-Host"), "secretsmanager"):
					found(w, r)
				case strings.HasSuffix(r.URL.Path, "/token"):
					w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600")
					_, _ = io.WriteString(w, "token")
				case strings.HasSuffix(r.URL.Path, "/security-credentials/"):
					_, _ = io.WriteString(w, "role")
				default:
					_, _ = io.WriteString(w, `{"Code":"Success","AccessKeyId":"AKID","SecretAccessKey":"`+faultscript.Credential+`","Token":"t","Expiration":"2999-01-01T00:00:00Z"}`)
				}
			}
			if _, err := open(t, aws.Options{Region: "eu-west-1", Transport: c}).Get(t.Context(), "db"); err != nil {
				t.Errorf("%v; it called %q", err, c.hosts)
			}
		})
	}
}
