package session_test

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestHosts(t *testing.T) {
	tests := []struct {
		opts aws.Options
		env  map[string]string
		want string
	}{
		{aws.Options{Region: "eu-west-1"}, nil, "secretsmanager.eu-west-1.amazonaws.com"},
		{aws.Options{}, map[string]string{"AWS_REGION": "us-east-2"}, "secretsmanager.us-east-2.amazonaws.com"},
		{aws.Options{Region: "eu-west-1"}, map[string]string{"AWS_REGION": "us-east-2"}, "secretsmanager.eu-west-1.amazonaws.com"},
		{aws.Options{Region: "us-east-1", FIPS: true}, nil, "secretsmanager-fips.us-east-1.amazonaws.com"},
		{aws.Options{Region: "cn-north-1"}, nil, "secretsmanager.cn-north-1.amazonaws.com.cn"},
		{aws.Options{Region: "eu-west-1", Endpoint: "https://mine.example"}, nil, "mine.example"},
		{
			aws.Options{Region: "eu-west-1", Endpoint: "https://mine.example"},
			map[string]string{"AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://other.example"},
			"mine.example",
		},
	}
	for _, tt := range tests {
		awstest.Isolate(t)
		keys(t)
		for name, value := range tt.env {
			t.Setenv(name, value)
		}
		c := newCloud(t)
		tt.opts.Transport = c
		if _, err := open(t, tt.opts).Get(t.Context(), "db"); err != nil {
			t.Errorf("%s: %v", tt.want, err)
		}
		if !slices.Equal(c.hosts, []string{tt.want}) {
			t.Errorf("called %q, want %s", c.hosts, tt.want)
		}
	}
}

// The SDK's switches for retries don't bring them back: the store retries.
func TestOneAttempt(t *testing.T) {
	awstest.Isolate(t)
	keys(t)
	t.Setenv("AWS_MAX_ATTEMPTS", "5")
	t.Setenv("AWS_RETRY_MODE", "adaptive")
	t.Setenv("AWS_NEW_RETRIES_2026", "true")
	c := newCloud(t)
	c.get = refused(503, "ServiceUnavailable")
	p := open(t, aws.Options{Region: "eu-west-1", Transport: c})
	const calls = 150 // more failures than the SDK's budget of retries lasts for
	var wg sync.WaitGroup
	for range calls {
		wg.Go(func() {
			_, err := p.Get(t.Context(), "db")
			wantClass(t, err, secretmux.ErrUnavailable, "503")
		})
	}
	wg.Wait()
	if len(c.hosts) != calls {
		t.Errorf("%d calls were made for %d Gets", len(c.hosts), calls)
	}
}

func TestSetUp(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config")
	tests := []struct {
		name string
		env  map[string]string
		file string
		opts aws.Options
		hint string
	}{
		{"no region", nil, "", aws.Options{}, "AWS_REGION"},
		{"no region, an endpoint", nil, "", aws.Options{Endpoint: "https://host"}, "AWS_REGION"},
		{"missing profile", nil, "", aws.Options{Region: "eu-west-1", Profile: "absent"}, "profile="},
		{"missing profile in the environment", map[string]string{"AWS_PROFILE": faultscript.Canary}, "", aws.Options{Region: "eu-west-1"}, "AWS_PROFILE"},
		{"broken file", nil, "[default\n" + faultscript.Canary, aws.Options{Region: "eu-west-1", Profile: "p"}, "config"},
		{"missing CA bundle", map[string]string{"AWS_CA_BUNDLE": "/absent/" + faultscript.Canary}, "", aws.Options{Region: "eu-west-1"}, "AWS_CA_BUNDLE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			awstest.Isolate(t)
			keys(t)
			t.Setenv("AWS_CONFIG_FILE", config)
			if err := os.WriteFile(config, []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			_, err := open(t, tt.opts).Get(t.Context(), "db")
			wantClass(t, err, secretmux.ErrInvalid, tt.hint)
		})
	}
}

// A set-up that was wrong at the first call is read again at the next.
func TestSetUpIsTriedAgain(t *testing.T) {
	awstest.Isolate(t)
	keys(t)
	c := newCloud(t)
	p := open(t, aws.Options{Transport: c})
	_, err := p.Get(t.Context(), "db")
	wantClass(t, err, secretmux.ErrInvalid, "region")
	t.Setenv("AWS_REGION", "eu-west-1")
	if _, err := p.Get(t.Context(), "db"); err != nil {
		t.Error(err)
	}
}
