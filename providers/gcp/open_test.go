package gcp_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"cloud.google.com/go/auth"
	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"google.golang.org/api/option"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

func TestOpen(t *testing.T) {
	tests := []struct{ config, source string }{
		{"gcp-sm://my-project", "gcp-sm://my-project"},
		{"gcp-sm://my-project/", "gcp-sm://my-project"},
		{"gcp-sm://123456789012", "gcp-sm://123456789012"},
		{"gcp-sm://my-project?location=europe-west3", "gcp-sm://my-project?location=europe-west3"},
		{
			"gcp-sm://my-project?sep=--&prefix=prod-&alias=stable&metadata=true&ttl=5m&timeout=2s&stale=1h&on=denied",
			"gcp-sm://my-project?alias=stable&metadata=true&prefix=prod-&sep=--",
		},
		{"gcp-sm://my-project?alias=latest-enabled", "gcp-sm://my-project?alias=latest-enabled"},
		{"gcp-sm://my-project?endpoint=localhost:9090", "gcp-sm://my-project?endpoint=localhost%3A9090"},
		{"gcp-sm://my-project?endpoint=LOCALHOST:9090", "gcp-sm://my-project?endpoint=localhost%3A9090"},
		{"gcp-sm://my-project?endpoint=psc.internal", "gcp-sm://my-project?endpoint=psc.internal%3A443"},
		{"gcp-sm://my-project?endpoint=[::1]:9090", "gcp-sm://my-project?endpoint=%5B%3A%3A1%5D%3A9090"},
	}
	for _, tt := range tests {
		u, err := secretmux.ParseURI(tt.config)
		if err != nil {
			t.Fatalf("%s: %v", tt.config, err)
		}
		p, err := gcp.Backend()[gcp.Scheme](t.Context(), u)
		if err != nil {
			t.Errorf("%s: %v", tt.config, err)
			continue
		}
		source := p.(interface{ String() string }).String()
		if source != tt.source {
			t.Errorf("%s opens as %s, want %s", tt.config, source, tt.source)
		}
		reopens(t, source)
		if err := secretmux.Close(p); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	const canary = "zq4x7canary"
	for _, config := range []string{
		"gcp-sm:", "gcp-sm://", "gcp-sm:" + canary, "gcp-sm:///" + canary,
		"gcp-sm://My-" + canary, "gcp-sm://a", "gcp-sm://-" + canary, "gcp-sm://" + canary + "-", "gcp-sm://" + canary + ":443",
		"gcp-sm://" + canary + "_x", "gcp-sm://" + strings.Repeat(canary, 9), "gcp-sm://my-project/" + canary,
		"gcp-sm://my-project?location=", "gcp-sm://my-project?location=Europe-" + canary, "gcp-sm://my-project?location=a/" + canary,
		"gcp-sm://my-project?prefix=", "gcp-sm://my-project?prefix=prod/" + canary, "gcp-sm://my-project?prefix=" + strings.Repeat(canary, 30),
		"gcp-sm://my-project?sep=", "gcp-sm://my-project?sep=" + canary, "gcp-sm://my-project?sep=.", "gcp-sm://my-project?sep=---------",
		"gcp-sm://my-project?alias=", "gcp-sm://my-project?alias=7" + canary, "gcp-sm://my-project?alias=a/" + canary,
		"gcp-sm://my-project?metadata=" + canary, "gcp-sm://my-project?metadata=1",
		"gcp-sm://my-project?endpoint=", "gcp-sm://my-project?endpoint=http://" + canary, "gcp-sm://my-project?endpoint=" + canary + "@host",
		"gcp-sm://my-project?endpoint=host:port:" + canary, "gcp-sm://my-project?endpoint=host/" + canary, "gcp-sm://my-project?endpoint=host:" + canary,
		"gcp-sm://my-project?unknown=" + canary, "gcp-sm://my-project?region=" + canary,
	} {
		store, err := secretmux.Open(t.Context(), config, gcp.Backend())
		if secretmux.ClassOf(err) != errInvalid {
			t.Errorf("%s: %v, want %v", config, err, errInvalid)
		}
		if err == nil {
			_ = store.Close()
			continue
		}
		if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error quotes it: %v", config, err)
		}
	}
}

func TestOptionsRefuse(t *testing.T) {
	creds := auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: fixedToken("x")})
	for name, opts := range map[string]gcp.Options{
		"zero":                      {},
		"credentials in the clear":  {Project: project, Endpoint: "127.0.0.1:80", Credentials: creds},
		"credentials to localhost":  {Project: project, Endpoint: "localhost", Credentials: creds},
		"client and endpoint":       {Project: project, Client: &secretmanager.Client{}, Endpoint: "x:1"},
		"client and credentials":    {Project: project, Client: &secretmanager.Client{}, Credentials: creds},
		"client and client options": {Project: project, Client: &secretmanager.Client{}, ClientOptions: []option.ClientOption{nil}},
	} {
		if _, err := gcp.New(opts); secretmux.ClassOf(err) != errInvalid {
			t.Errorf("%s: %v, want %v", name, err, errInvalid)
		}
	}
}

// reopens checks that an address opens a provider with the same address.
func reopens(t *testing.T, source string) {
	t.Helper()
	u, err := secretmux.ParseURI(source)
	if err != nil {
		t.Fatalf("%s can't be read back: %v", source, err)
	}
	p, err := gcp.Backend()[gcp.Scheme](t.Context(), u)
	if err != nil {
		t.Fatalf("%s does not open: %v", source, err)
	}
	if again := p.(fmt.Stringer).String(); again != source {
		t.Errorf("%s opens as %s", source, again)
	}
	_ = secretmux.Close(p)
}

// Options that a program wrote in code have an address too.
func TestStringReopens(t *testing.T) {
	for _, opts := range []gcp.Options{
		{Project: project},
		{Project: number, Location: "us-central1"},
		{Project: project, Prefix: "a-_B9", Separator: "_-", Alias: "stable", Metadata: true, Endpoint: "psc.internal"},
		{Project: project, Alias: "latest", Endpoint: "[::1]:9090"},
		{Project: project, Alias: "latest-enabled", Credentials: auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: fixedToken("x")})},
	} {
		reopens(t, open(t, opts).String())
	}
}

// A location must be a region. Other locations of Google Cloud have no regional
// endpoint, and their secrets would never be found.
func TestLocations(t *testing.T) {
	tests := []struct{ location, says string }{ // "" is good
		{"europe-west3", ""},
		{"us-central1", ""},
		{"northamerica-northeast2", ""},
		{"europe-west12", ""},
		{"u-germany-northeast1", ""}, // of a cloud that a partner runs
		{"global", "leave out location= for global secrets"},
		{"europe-west3-a", "is a zone"},
		{"us-central1-ai1a", "is a zone"},
		{"europe-west12-c", "is a zone"},
		{"eu", "such as europe-west3"},
		{"us", "such as europe-west3"},
		{"nam4", "such as europe-west3"},
		{"Global", "such as europe-west3"},
		{"europe-west", "such as europe-west3"},
		{"europe3", "such as europe-west3"},
		{"europe--west3", "such as europe-west3"},
		{"-west3", "such as europe-west3"},
		{"3-west3", "such as europe-west3"},
		{"europe-3", "such as europe-west3"},
		{"europe-west3/x", "such as europe-west3"},
		{"europe-west3.example.com", "such as europe-west3"},
		{strings.Repeat("europe-", 10) + "west3", "such as europe-west3"},
	}
	for _, tt := range tests {
		_, fromCode := gcp.New(gcp.Options{Project: project, Location: tt.location})
		store, fromConfig := secretmux.Open(t.Context(), "gcp-sm://my-project?location="+tt.location, gcp.Backend())
		if fromConfig == nil {
			_ = store.Close()
		}
		for _, err := range []error{fromCode, fromConfig} {
			switch {
			case tt.says == "" && err != nil:
				t.Errorf("%s: %v", tt.location, err)
			case tt.says == "":
			case secretmux.ClassOf(err) != errInvalid || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "europe-west3"):
				t.Errorf("%s: %v, want %q and what a region looks like", tt.location, err, tt.says)
			}
		}
	}
}

// The id of a project of a domain can't be part of a URI; its number can.
func TestProjectOfADomain(t *testing.T) {
	for _, project := range []string{"example.com:my-project", "example.com:", ":my-project", "my-project:443"} {
		_, err := gcp.New(gcp.Options{Project: project})
		if secretmux.ClassOf(err) != errInvalid || !strings.Contains(err.Error(), "project's number") || strings.Contains(err.Error(), project) {
			t.Errorf("%s: %v", project, err)
		}
	}
}

// A part of the link overrides the options.
func TestOptionsBackend(t *testing.T) {
	f := newFake()
	f.set("app-db", []byte("x"))
	address, _ := serve(t, f)
	backend := gcp.Options{Project: project, Prefix: "other-", Endpoint: address}.Backend()
	store, err := secretmux.Open(t.Context(), "gcp-sm:?prefix=app-", backend)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	wantValue(t, store, "db", "x")
}

// Each link calls the right host. No connection is made.
func TestEndpoints(t *testing.T) {
	errNet := errors.New("no network")
	for config, want := range map[string]string{
		"gcp-sm://my-project":                                             "secretmanager.googleapis.com:443",
		"gcp-sm://my-project?location=europe-west3":                       "secretmanager.europe-west3.rep.googleapis.com:443",
		"gcp-sm://my-project?location=europe-west3&endpoint=psc.internal": "psc.internal:443",
		"gcp-sm://my-project?endpoint=localhost:9090":                     "localhost:9090",
	} {
		dialed := make(chan string, 10)
		opts := gcp.Options{ClientOptions: []option.ClientOption{dialing(func(_ context.Context, address string) (net.Conn, error) {
			dialed <- address
			return nil, errNet
		})}}
		if !strings.Contains(config, "localhost") {
			opts.Credentials = auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: fixedToken("x")})
		}
		store, err := secretmux.Open(t.Context(), config, opts.Backend())
		if err != nil {
			t.Fatal(err)
		}
		if len(dialed) != 0 {
			t.Errorf("%s: opening connects", config)
		}
		if err := store.Check(t.Context()); secretmux.ClassOf(err) != errUnavailable {
			t.Errorf("%s: Check = %v, want %v", config, err, errUnavailable)
		}
		if got := <-dialed; got != want {
			t.Errorf("%s calls %s, want %s", config, got, want)
		}
		_ = store.Close()
	}
}
